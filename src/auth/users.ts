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
   * waiting verifications, so that they cannot push out the names of real users.
   */
  knows?(name: string): boolean;
}

/** What a request carries as `user` once it is let in. */
export interface AuthenticatedUser {
  readonly name: string;
}
