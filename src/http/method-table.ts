import { Injectable, RequestMethod } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants';
import { DiscoveryService, MetadataScanner, Reflector } from '@nestjs/core';

interface Route {
  path: RegExp;
  method: string;
}

/** Knows which methods each path of the application has: what a 405 tells its client. */
@Injectable()
export class MethodTable {
  private routes?: Route[];

  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
    private readonly reflector: Reflector,
  ) {}

  /**
   * @param path path of a request, without its query
   * @returns the methods in capitals, sorted; none where no route has this path
   */
  allowed(path: string): string[] {
    this.routes ??= this.discovery
      .getControllers()
      .flatMap(({ instance }) => this.routesOf(instance as object));
    const methods = this.routes.filter((route) => route.path.test(path)).map(({ method }) => method);
    if (methods.includes('GET')) methods.push('HEAD');
    return [...new Set(methods)].sort();
  }

  private routesOf(controller: object): Route[] {
    const prototype = Object.getPrototypeOf(controller) as Record<string, () => unknown>;
    const base = this.pathOf(controller.constructor);
    return this.scanner.getAllMethodNames(prototype).flatMap((name) => {
      const handler = prototype[name];
      const method = handler && this.reflector.get<RequestMethod | undefined>(METHOD_METADATA, handler);
      if (!handler || method === undefined) return [];
      return [{ path: toRegExp(`${base}/${this.pathOf(handler)}`), method: RequestMethod[method] }];
    });
  }

  private pathOf(target: object): string {
    return this.reflector.get<string>(PATH_METADATA, target as never) ?? '';
  }
}

/** Our paths are fixed words and `:name` for one part; either may end in a slash. */
function toRegExp(path: string): RegExp {
  const parts = path.split('/').filter((part) => part !== '');
  return new RegExp(`^/${parts.map((part) => (part.startsWith(':') ? '[^/]+' : part)).join('/')}/?$`);
}
