import type { IncomingMessage } from 'node:http';
import { type FrameworkRequest, nodeRequest } from '../nest/node-request';
import type { Credentials } from './credentials';
import type { AuthenticatedUser } from './users';

/** Who was let in, and by which module's credentials: routes of several modules can lie below one another. */
interface Admission {
  readonly by: Credentials;
  readonly user: AuthenticatedUser;
}

const ADMISSION = Symbol('heartbeat admission');

type Admitted = IncomingMessage & { [ADMISSION]?: Admission };

/** Notes on a request that it was let in before the framework had it, so that the guard need not look again. */
export function admit(request: FrameworkRequest, by: Credentials, user: AuthenticatedUser): void {
  (nodeRequest(request) as Admitted)[ADMISSION] = { by, user };
}

/** @returns whom these credentials let in with this request, if they have been asked */
export function admittedUser(request: FrameworkRequest, by: Credentials): AuthenticatedUser | undefined {
  const admission = (nodeRequest(request) as Admitted)[ADMISSION];
  return admission?.by === by ? admission.user : undefined;
}
