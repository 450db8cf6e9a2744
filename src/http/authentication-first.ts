import { admit } from '../auth/admission';
import { Credentials } from '../auth/credentials';
import { mayCall, neededFor } from '../auth/rights';
import { comesFromOwnPage } from '../auth/session/same-origin';
import type { AuthenticatedUser } from '../auth/users';
import { authenticationRequired, foreignOrigin, permissionDenied } from '../canopsis/canopsis-error';
import { type PreBodyHook, type PreBodyRequest, refusal } from './pre-body-hook';
import { requestPath } from './request-path';

/** Tells which calls need no credentials. */
export type OpenCalls = (method: string, path: string) => boolean;

/**
 * Lets nobody past without good credentials, whatever the route, the body and its size. Nest's guards run only after
 * the body has been read and parsed; they stay in place for applications that do not have this hook.
 */
export const authenticationFirst =
  (credentials: Credentials, isOpen: OpenCalls): PreBodyHook =>
  (request, _response, next) => {
    if (!comesFromOwnPage(request)) {
      next(foreignOrigin());
      return;
    }
    if (isOpen(request.method, requestPath(request.url))) {
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
function admission(request: PreBodyRequest, credentials: Credentials, user: AuthenticatedUser): unknown {
  if (!mayCall(user, neededFor(request.method, requestPath(request.url)))) return permissionDenied();
  admit(request, credentials, user);
  return refusal(request);
}
