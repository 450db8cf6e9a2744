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
   * Tells whether this user, let in with the password, may only read. Optional: without it everybody may write.
   */
  isReadOnly?(name: string): boolean;

  /**
   * Finds whose authentication key this is (header `x-canopsis-authkey`). Optional: without it there are no keys. Must
   * cost no more than a look-up: keys are not guessed, so these calls wait in no queue and are not limited.
   *
   * @returns undefined where it is nobody's. Rejects only when it cannot tell.
   */
  findByKey?(key: string): Promise<AuthenticatedUser | undefined> | AuthenticatedUser | undefined;
}

/** What a request carries as `user` once it is let in. */
export interface AuthenticatedUser {
  readonly name: string;
  /** True: GET and HEAD only. */
  readonly readOnly?: boolean;
}
