import { RequestMethod, Type } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants';
import { MetadataScanner } from '@nestjs/core';

interface Route {
  /** As the decorators say it, with `:name` for what varies. */
  template: string;
  path: RegExp;
  method: string;
}

/** Knows which methods each path of some controllers has: what a 405 tells its client. */
export class MethodTable {
  private readonly routes: Route[];
  /** One for each path, those without a part that varies first. */
  private readonly templates: readonly Route[];

  /** @param prefix path before that of each controller */
  constructor(controllers: readonly Type<object>[], prefix = '') {
    this.routes = controllers.flatMap((controller) => routesOf(controller, prefix));
    const templates = new Map(this.routes.map((route) => [route.template, route]));
    this.templates = [...templates.values()].sort((a, b) => varying(a) - varying(b));
  }

  /**
   * @param path path of a request, without its query
   * @returns the methods in capitals, sorted; none where no route has this path
   */
  allowed(path: string): string[] {
    const methods = this.routes.filter((route) => route.path.test(path)).map(({ method }) => method);
    if (methods.includes('GET')) methods.push('HEAD');
    return [...new Set(methods)].sort();
  }

  /**
   * @param path path of a request, without its query
   * @returns the template of the route that has it, for example `/api/v2/heartbeat/:id`, whatever the method
   */
  templateOf(path: string): string | undefined {
    for (const route of this.templates) if (route.path.test(path)) return route.template;
    return undefined;
  }
}

const varying = ({ template }: Route): number => template.split(':').length;

function routesOf(controller: Type<object>, prefix: string): Route[] {
  const prototype = controller.prototype as Record<string, object>;
  const base = `${prefix}/${pathOf(controller)}`;
  return new MetadataScanner().getAllMethodNames(prototype).flatMap((name) => {
    const handler = prototype[name];
    const method = handler && (Reflect.getMetadata(METHOD_METADATA, handler) as RequestMethod | undefined);
    if (!handler || method === undefined) return [];
    const template = `/${partsOf(`${base}/${pathOf(handler)}`).join('/')}`;
    return [{ template, path: toRegExp(template), method: RequestMethod[method] }];
  });
}

/** @returns the path of a controller or a handler, as its decorator says it */
export const pathOf = (target: object): string =>
  (Reflect.getMetadata(PATH_METADATA, target) as string | undefined) ?? '';

const partsOf = (path: string): string[] => path.split('/').filter((part) => part !== '');

/** Our paths are fixed words and `:name` for one part; either may end in a slash. */
function toRegExp(path: string): RegExp {
  const pattern = partsOf(path).map((part) =>
    part.startsWith(':') ? '[^/]+' : part.replace(/[.$+^|[\]\\-]/g, '\\$&'),
  );
  return new RegExp(`^/${pattern.join('/')}/?$`);
}
