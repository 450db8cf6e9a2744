import { type Right, rightsOf } from '../../auth/rights';
import type { AuthenticatedUser } from '../../auth/users';
import type { DoneAnswer } from '../../canopsis/answers';

/** Who is logged in, and what that user may do. */
export type SessionAnswer =
  { readonly user: null } | { readonly user: string; readonly rights: readonly Right[] };

/** @param user undefined: nobody is logged in */
export const sessionOf = (user: AuthenticatedUser | undefined): SessionAnswer =>
  user === undefined ? { user: null } : { user: user.name, rights: rightsOf(user) };

export const loggedOut = (user: string): DoneAnswer => ({ name: 'logged out', description: user });
