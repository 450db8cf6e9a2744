import type { IncomingMessage } from 'node:http';
import type { Credentials } from './credentials';
import type { AuthenticatedUser } from './users';

/** Who was let in, and by which module's credentials: routes of several modules can lie below one another. */
interface Admission {
  readonly by: Credentials;
  readonly user: AuthenticatedUser;
}

const ADMISSION = Symbol('heartbeat admission');

type Admitted = IncomingMessage & { [ADMISSION]?: Admission };

/** A framework's request: Express's is Node's own, Fastify's wraps it. */
export interface WrappedRequest {
  readonly raw?: unknown;
}

/** Notes on a request that it was let in before the framework had it, so that the guard need not look again. */
export function admit(request: WrappedRequest, by: Credentials, user: AuthenticatedUser): void {
  ((request.raw ?? request) as Admitted)[ADMISSION] = { by, user };
}

/** @returns whom these credentials let in with this request, if they have been asked */
export function admittedUser(request: WrappedRequest, by: Credentials): AuthenticatedUser | undefined {
  const admission = ((request.raw ?? request) as Admitted)[ADMISSION];
  return admission?.by === by ? admission.user : undefined;
}

/** Whether this user may make a call with this method at all. */
export const mayCall = ({ readOnly }: AuthenticatedUser, method: string | undefined): boolean =>
  readOnly !== true || method === 'GET' || method === 'HEAD';
