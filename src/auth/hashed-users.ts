import { DEFAULT_COST, SALT_BYTES, HASH_BYTES, verifyPassword, type ScryptHash } from './scrypt-hash';
import { randomBytes } from 'node:crypto';
import type { Users } from './users';

/**
 * Users whose passwords are kept as scrypt hashes, name → hash. A user that does not exist costs a derivation
 * too, with the parameters of the first user: the time taken tells nothing as long as all hashes cost the same.
 */
export class HashedUsers implements Users {
  private readonly decoy: ScryptHash;

  constructor(private readonly hashes: ReadonlyMap<string, ScryptHash>) {
    const [first] = hashes.values();
    this.decoy = {
      ...(first ?? DEFAULT_COST),
      salt: randomBytes(SALT_BYTES),
      hash: randomBytes(HASH_BYTES),
    };
  }

  knows(name: string): boolean {
    return this.hashes.has(name);
  }

  async validate(name: string, password: string): Promise<boolean> {
    const hash = this.hashes.get(name);
    const matches = await verifyPassword(hash ?? this.decoy, password);
    return matches && hash !== undefined;
  }
}
