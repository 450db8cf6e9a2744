import { Logger } from '@nestjs/common';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { isLongLived } from '../nest/long-lived';
import { nameRequest, requestIdOf } from '../nest/request-id';
import type { RouteTable } from './route-table';
import { RequestIds } from './request-ids';
import { requestPath } from './request-path';

/** What the log and the metrics say of a request whose client went away before it was answered, as nginx does. */
const CLIENT_GONE = 499;
/** What no route has. */
const UNKNOWN = 'unknown';
/** A path may be as long as a request line. */
const SHOWN_CHARACTERS = 300;

/** What is logged of requests. */
export interface AccessLogOptions {
  /** Whether there is a line for each request, at `debug`. Default: false. */
  readonly each?: boolean;
  /** A request that takes longer, in milliseconds, is logged at `warn`, as one is that is answered with 5xx. Default: 2 s. */
  readonly slowMs?: number;
}

/** What a {@link AccessLog} works with. */
export interface AccessLogParts extends AccessLogOptions {
  readonly routes: Pick<RouteTable, 'templateOf'>;
  /** Told of each answer. @param route the route's template, or `unknown` */
  readonly observe: (method: string, route: string, status: number, seconds: number) => void;
  /** The name of whoever sent this request, as far as it is known without asking anybody. */
  readonly userOf: (request: IncomingMessage) => string | undefined;
}

/**
 * Names each request, and says what became of it. It listens to the server itself, before any framework, so that every
 * answer to what could be read as a request is among them.
 */
export class AccessLog {
  private readonly logger = new Logger('Http');
  private readonly ids = new RequestIds();
  private readonly each: boolean;
  private readonly slowMs: number;

  constructor(private readonly parts: AccessLogParts) {
    this.each = parts.each ?? false;
    this.slowMs = parts.slowMs ?? 2_000;
  }

  /** Watches all requests to a server. */
  watch(server: Server): void {
    const begin = (request: IncomingMessage, response: ServerResponse): void => this.begin(request, response);
    server.prependListener('request', begin).prependListener('checkExpectation', begin);
  }

  /** For a request that Node gives no response to (CONNECT). @returns its id, which the caller puts into the answer */
  answered(request: IncomingMessage, status: number): string {
    const id = this.ids.idFor(request.headers['x-request-id']);
    this.tell(request, id, status, 0);
    return id;
  }

  private begin(request: IncomingMessage, response: ServerResponse): void {
    const began = performance.now();
    nameRequest(response, this.ids.idFor(request.headers['x-request-id']));
    // After `finish`, or where the connection ends before that.
    response.on('close', () => {
      const status = response.headersSent ? response.statusCode : CLIENT_GONE;
      this.tell(request, response, status, performance.now() - began);
    });
  }

  private tell(request: IncomingMessage, named: ServerResponse | string, status: number, ms: number): void {
    const { method = '', url = '' } = request;
    const path = requestPath(url);
    const route = this.parts.routes.templateOf(path) ?? UNKNOWN;
    const timed = typeof named === 'string' || !isLongLived(named);
    if (timed) this.parts.observe(method, route, status, ms / 1_000);
    const remarkable = status >= 500 || (timed && ms > this.slowMs);
    if (!remarkable && !this.each) return;
    const id = typeof named === 'string' ? named : requestIdOf(named);
    const user = this.parts.userOf(request);
    const shown = shownPath(path, route);
    const line = {
      msg: 'request',
      id,
      method,
      route,
      path: shown,
      status,
      ms: Math.round(ms * 1_000) / 1_000,
    };
    this.logger[remarkable ? 'warn' : 'debug'](user === undefined ? line : { ...line, user });
  }
}

/** A token in a path is as good as a password. */
function shownPath(path: string, route: string): string {
  const part = route.endsWith('/:token') ? path.replace(/[^/]*\/?$/, '***') : path;
  const safe = part.replace(/(\/ping\/)[^/]+/, '$1***');
  return safe.length > SHOWN_CHARACTERS ? `${safe.slice(0, SHOWN_CHARACTERS)}…` : safe;
}
