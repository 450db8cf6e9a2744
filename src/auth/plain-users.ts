import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Users } from './users';

/**
 * Users whose passwords are given in plain text, name → password. Only keyed hashes of the passwords are kept;
 * two hashes are compared in constant time, for a user that does not exist too.
 */
export class PlainUsers implements Users {
  private readonly key = randomBytes(32);
  private readonly digests: ReadonlyMap<string, Buffer>;
  /** Equal to the hash of no password but by a chance of 2⁻²⁵⁶. */
  private readonly decoy = randomBytes(32);

  constructor(passwords: ReadonlyMap<string, string>) {
    this.digests = new Map([...passwords].map(([name, password]) => [name, this.digest(password)]));
  }

  knows(name: string): boolean {
    return this.digests.has(name);
  }

  validate(name: string, password: string): boolean {
    const expected = this.digests.get(name) ?? this.decoy;
    return timingSafeEqual(this.digest(password), expected);
  }

  private digest(password: string): Buffer {
    return createHmac('sha256', this.key).update(password).digest();
  }
}
