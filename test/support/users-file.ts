import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { formatKeyHash } from '../../src/auth/authentication-key';
import { formatPhc, hashPassword } from '../../src/auth/scrypt-hash';

/** The scrypt hash of a password, as cheap as it may be. */
export const cheapHash = async (password: string): Promise<string> =>
  formatPhc(await hashPassword(password, { ln: 10, r: 8, p: 1 }));

/**
 * Writes a users file: alice with the password `wonder` and the keys `KEY_OF_ALICE` and, read-only, `READING_KEY_OF_ALICE`;
 * victor with the password `view`, read-only.
 * @returns its path
 */
export async function writeUsersFile(directory: string): Promise<string> {
  const path = join(directory, 'users');
  const lines = [
    `alice:${await cheapHash('wonder')}`,
    `alice:key:${formatKeyHash(KEY_OF_ALICE)}`,
    `alice:key:${formatKeyHash(READING_KEY_OF_ALICE)}:read-only`,
    `victor:${await cheapHash('view')}:read-only`,
  ];
  await writeFile(path, `${lines.join('\n')}\n`);
  return path;
}

export const KEY_OF_ALICE = 'a'.repeat(43);
export const READING_KEY_OF_ALICE = 'b'.repeat(43);
