import { Type } from '@nestjs/common';
import { routesOf } from '../nest/routes';

interface Route {
  /** As the decorators say it, with `:name` for what varies. */
  template: string;
  path: RegExp;
  method: string;
  open: boolean;
}

/** Knows which methods each path of some controllers has: what a 405 tells its client. */
export class RouteTable {
  private readonly routes: Route[];
  private readonly open: readonly Route[];
  /** The templates of which no part varies, which go before the others. */
  private readonly fixed: ReadonlySet<string>;
  /** One for each of the other templates. */
  private readonly varying: readonly Route[];

  /** @param prefix path before that of each controller */
  constructor(controllers: readonly Type<object>[], prefix = '') {
    this.routes = controllers
      .flatMap((controller) => routesOf(controller, prefix))
      .map(({ template, method, open }) => ({ template, path: toRegExp(template), method, open }));
    this.open = this.routes.filter(({ open }) => open);
    const templates = new Map(this.routes.map((route) => [route.template, route]));
    this.fixed = new Set([...templates.keys()].filter((template) => !template.includes(':')));
    this.varying = [...templates.values()]
      .filter(({ template }) => !this.fixed.has(template))
      .sort((a, b) => varyingParts(a) - varyingParts(b));
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

  /** Whether a route has this very template and method. */
  has(method: string, template: string): boolean {
    return this.routes.some((route) => route.template === template && route.method === method);
  }

  /** All routes, by their methods and templates. */
  all(): { method: string; url: string }[] {
    return this.routes.map(({ method, template }) => ({ method, url: template }));
  }

  /**
   * @param path path of a request, without its query
   * @returns whether a call needs no credentials, be it because the path has no such method
   */
  isOpen(method: string, path: string): boolean {
    const here = this.open.filter((route) => route.path.test(path));
    if (here.length === 0) return false;
    const wanted = method === 'HEAD' ? 'GET' : method;
    return here.some((route) => route.method === wanted) || !this.allowed(path).includes(wanted);
  }

  /**
   * @param path path of a request, without its query
   * @returns the template of the route that has it, for example `/api/v2/heartbeat/:id`, whatever the method
   */
  templateOf(path: string): string | undefined {
    if (this.fixed.has(path)) return path;
    if (path.endsWith('/') && this.fixed.has(path.slice(0, -1))) return path.slice(0, -1);
    return this.varying.find((route) => route.path.test(path))?.template;
  }
}

/** How many parts of it vary, and one. */
const varyingParts = ({ template }: Route): number => template.split(':').length;

/** Our paths are fixed words and `:name` for one part; either may end in a slash. */
function toRegExp(template: string): RegExp {
  const parts = template.split('/').filter((part) => part !== '');
  const pattern = parts.map((part) =>
    part.startsWith(':') ? '[^/]+' : part.replace(/[.$+^|[\]\\-]/g, '\\$&'),
  );
  return new RegExp(`^/${pattern.join('/')}/?$`);
}
