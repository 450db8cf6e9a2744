import type { IncomingHttpHeaders } from 'node:http';
import type { Socket } from 'node:net';
import { Credentials } from '../auth/credentials';
import { authenticationRequired, bodyTooLarge } from '../canopsis/canopsis-error';
import { requestPath } from './request-path';

/** The largest body that is read, in bytes. */
export const BODY_LIMIT = 1024 * 1024;

/** What Express's and Fastify's requests have in common. */
export interface EarlyRequest {
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly socket: Socket;
}

/** A hook that runs before the body is read; `next` gets what the exception filter is to answer. */
export type EarlyHook = (request: EarlyRequest, response: unknown, next: (problem?: unknown) => void) => void;

/** Routes that need no credentials, by their path. */
export type OpenRoutes = (path: string) => boolean;

/** The health checks are for orchestrators that hold no credentials. */
export const healthChecks: OpenRoutes = (path) => /^\/health\/(live|ready)\/?$/.test(path);

/**
 * Lets nobody past without good credentials, whatever the route, the body and its size. Nest's guards run only after
 * the body has been read and parsed; they stay in place for applications that do not have this hook.
 */
export const authenticationFirst =
  (credentials: Credentials, isOpen: OpenRoutes): EarlyHook =>
  (request, _response, next) => {
    const { authorization } = request.headers;
    if (isOpen(requestPath(request.url)) || credentials.recall(authorization) !== undefined) {
      next(refusal(request));
      return;
    }
    credentials.verify(authorization, request.socket.remoteAddress).then(
      (user) => next(user === undefined ? authenticationRequired() : refusal(request)),
      (error: unknown) => next(error),
    );
  };

/** @returns what is wrong with a request from the start; frameworks find out at different times, or read all of it first */
export function refusal({ url, headers }: EarlyRequest): unknown {
  return Number(headers['content-length'] ?? 0) > BODY_LIMIT ? bodyTooLarge() : undecodable(url);
}

/** @returns the error of a path that cannot be decoded */
function undecodable(url: string): unknown {
  try {
    decodeURIComponent(requestPath(url));
    return undefined;
  } catch (error) {
    return error;
  }
}
