import { hash, randomBytes } from 'node:crypto';
import type { AuthenticatedUser } from './users';
import { CappedMap } from '../util/capped-map';

/** Credentials that were verified. */
export interface VerifiedCredentials {
  readonly user: AuthenticatedUser;
  /** Milliseconds on the clock of whoever remembers. */
  readonly verifiedAt: number;
}

/**
 * Verified headers, at most `capacity`; the least recently used goes first. They are kept under their SHA-256 behind a
 * random salt of this instance, so that no header stands in memory, and the time of a look-up gives none away.
 */
export class VerifiedCredentialsCache {
  private readonly salt = randomBytes(32).toString('base64');
  /** In the order of use. */
  private readonly entries: CappedMap<string, VerifiedCredentials>;

  constructor(capacity: number) {
    this.entries = new CappedMap(capacity);
  }

  /** The key under which this header is kept; costs microseconds. */
  keyOf(header: string): string {
    return hash('sha256', this.salt + header, 'base64');
  }

  /** Finds an entry by its key, and makes it the most recently used. */
  lookup(key: string): VerifiedCredentials | undefined {
    const entry = this.entries.get(key);
    if (entry) {
      this.recordSuccess(key, entry);
    }
    return entry;
  }

  recordSuccess(key: string, entry: VerifiedCredentials): void {
    this.entries.set(key, entry);
  }

  delete(key: string): void {
    this.entries.delete(key);
  }
}
