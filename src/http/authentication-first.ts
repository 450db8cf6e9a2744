import type { IncomingHttpHeaders } from 'node:http';
import type { Socket } from 'node:net';
import { admit, mayCall } from '../auth/admission';
import { Credentials } from '../auth/credentials';
import type { AuthenticatedUser } from '../auth/users';
import { authenticationRequired, bodyTooLarge, permissionDenied } from '../canopsis/canopsis-error';
import { BODY_LIMIT } from './limits';
import { requestPath } from './request-path';

/** What Express's and Fastify's requests have in common. */
export interface EarlyRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly socket: Socket;
  /** The client's address as the framework knows it; absent on a request that no framework has seen. */
  readonly ip?: string;
  /** Node's own request, where this one wraps it. */
  readonly raw?: unknown;
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
    if (isOpen(requestPath(request.url))) {
      next(refusal(request));
      return;
    }
    const remembered = credentials.recall(request.headers);
    if (remembered !== undefined) {
      next(admission(request, credentials, remembered));
      return;
    }
    credentials.verify(request.headers, request.ip ?? request.socket.remoteAddress).then(
      (user) => next(user ? admission(request, credentials, user) : authenticationRequired()),
      (error: unknown) => next(error),
    );
  };

/** Notes for the guard who was let in. @returns why the request is refused all the same */
function admission(request: EarlyRequest, credentials: Credentials, user: AuthenticatedUser): unknown {
  if (!mayCall(user, request.method)) return permissionDenied();
  admit(request, credentials, user);
  return refusal(request);
}

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
