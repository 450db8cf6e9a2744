import type { Permitted, Right } from './rights';

/** Injection token of the {@link Users} port. */
export const USERS = Symbol('USERS');

/** Who may call: the port behind which the users are kept. */
export interface Users {
  /**
   * Tells whether the password is this user's. An unknown user must cost the same as a wrong password, or the
   * time taken tells which users exist. May take long (a key derivation). Rejects only when it cannot tell.
   */
  validate(name: string, password: string): Promise<boolean> | boolean;

  /**
   * Tells whether there is such a user. Optional: it only lets invented names share one place in the queue of
   * waiting verifications, so that they cannot push out the names of real users, and keeps them out of the log.
   */
  knows?(name: string): boolean;

  /**
   * Tells what this user, let in with the password, may do; undefined: everything. Optional: without it everybody may do
   * everything.
   */
  rightsOf?(name: string): readonly Right[] | undefined;

  /**
   * Tells whether this user, let in with the password, may only read; asked where `rightsOf` says nothing. Optional.
   */
  isReadOnly?(name: string): boolean;

  /**
   * A text that depends on a user's password and on a token that only the user has, and gives away neither. Optional: with it
   * a session ends when the password changes.
   *
   * @returns undefined where there is no such user
   */
  seal?(name: string, token: string): string | undefined;

  /**
   * Finds whose authentication key this is (header `x-canopsis-authkey`). Optional: without it there are no keys. Must
   * cost no more than a look-up: keys are not guessed, so these calls wait in no queue and are not limited.
   *
   * @returns undefined where it is nobody's. Rejects only when it cannot tell.
   */
  findByKey?(key: string): Promise<AuthenticatedUser | undefined> | AuthenticatedUser | undefined;
}

/** @returns who comes with this user's password */
export function userNamed(users: Users, name: string): AuthenticatedUser {
  const rights = users.rightsOf?.(name);
  if (rights !== undefined) return { name, rights };
  return users.isReadOnly?.(name) ? { name, readOnly: true } : { name };
}

/** What a request carries as `user` once it is let in. */
export interface AuthenticatedUser extends Permitted {
  readonly name: string;
}
