import { DEFAULT_COST, SALT_BYTES, HASH_BYTES, verifyPassword, type ScryptHash } from './scrypt-hash';
import { randomBytes } from 'node:crypto';
import { hashOfKey } from './authentication-key';
import type { Right } from './rights';
import { sealOf } from './session/seal';
import type { AuthenticatedUser, Users } from './users';
import type { UserRecords } from './users-file';

/**
 * Users whose passwords and keys are kept as hashes. A user that does not exist costs a derivation
 * too, with the parameters of the first user: the time taken tells nothing as long as all hashes cost the same.
 */
export class HashedUsers implements Users {
  private readonly records: UserRecords;
  private readonly decoy: ScryptHash;

  /** @param users what `parseUsersFile` returned, or scrypt hashes by user name */
  constructor(users: UserRecords | ReadonlyMap<string, ScryptHash>) {
    this.records = 'passwords' in users ? users : onlyPasswords(users);
    const [first] = this.records.passwords.values();
    this.decoy = {
      ...(first ?? DEFAULT_COST),
      salt: randomBytes(SALT_BYTES),
      hash: randomBytes(HASH_BYTES),
    };
  }

  knows(name: string): boolean {
    return this.records.passwords.has(name);
  }

  rightsOf(name: string): readonly Right[] | undefined {
    return this.records.rights.get(name);
  }

  async validate(name: string, password: string): Promise<boolean> {
    const hash = this.records.passwords.get(name);
    const matches = await verifyPassword(hash ?? this.decoy, password);
    return matches && hash !== undefined;
  }

  seal(name: string, token: string): string | undefined {
    const password = this.records.passwords.get(name);
    return password && sealOf(token, password.hash);
  }

  findByKey(key: string): AuthenticatedUser | undefined {
    return this.records.keys.get(hashOfKey(key));
  }
}

const onlyPasswords = (passwords: ReadonlyMap<string, ScryptHash>): UserRecords => ({
  passwords,
  rights: new Map(),
  keys: new Map(),
});
