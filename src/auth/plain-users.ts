import { createHmac, hash, randomBytes, timingSafeEqual } from 'node:crypto';
import { sealOf } from './session/seal';
import type { Users } from './users';

/**
 * Users whose passwords are given in plain text, name → password. Only keyed hashes of the passwords are kept;
 * two hashes are compared in constant time, for a user that does not exist too.
 */
export class PlainUsers implements Users {
  private readonly key = randomBytes(32);
  /** Unlike the keyed ones the same in every process; never stored, see `seal`. */
  private readonly lasting: ReadonlyMap<string, Buffer>;
  private readonly digests: ReadonlyMap<string, Buffer>;
  /** Equal to the hash of no password but by a chance of 2⁻²⁵⁶. */
  private readonly decoy = randomBytes(32);

  constructor(passwords: ReadonlyMap<string, string>) {
    this.lasting = new Map(
      [...passwords].map(([name, password]) => [name, hash('sha256', password, 'buffer')]),
    );
    this.digests = new Map([...passwords].map(([name, password]) => [name, this.digest(password)]));
  }

  knows(name: string): boolean {
    return this.digests.has(name);
  }

  validate(name: string, password: string): boolean {
    const expected = this.digests.get(name) ?? this.decoy;
    return timingSafeEqual(this.digest(password), expected);
  }

  seal(name: string, token: string): string | undefined {
    const digest = this.lasting.get(name);
    return digest && sealOf(token, digest);
  }

  private digest(password: string): Buffer {
    return createHmac('sha256', this.key).update(password).digest();
  }
}
