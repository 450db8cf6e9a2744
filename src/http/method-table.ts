import { Type } from '@nestjs/common';
import { routesOf } from '../canopsis/routes';

interface Route {
  path: RegExp;
  method: string;
}

/** Knows which methods each path of some controllers has: what a 405 tells its client. */
export class MethodTable {
  private readonly routes: Route[];

  /** @param prefix path before that of each controller */
  constructor(controllers: readonly Type<object>[], prefix = '') {
    this.routes = controllers
      .flatMap((controller) => routesOf(controller, prefix))
      .map(({ template, method }) => ({ path: toRegExp(template), method }));
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
}

/** Our paths are fixed words and `:name` for one part; either may end in a slash. */
function toRegExp(template: string): RegExp {
  const parts = template.split('/').filter((part) => part !== '');
  const pattern = parts.map((part) =>
    part.startsWith(':') ? '[^/]+' : part.replace(/[.$+^|[\]\\-]/g, '\\$&'),
  );
  return new RegExp(`^/${pattern.join('/')}/?$`);
}
