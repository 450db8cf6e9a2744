import { createHmac, createSecretKey, randomBytes } from 'node:crypto';
import type { AuthenticatedUser } from './users';

/** Credentials that were verified. */
export interface RememberedHeader {
  readonly user: AuthenticatedUser;
  /** Milliseconds on the clock of whoever remembers. */
  readonly verifiedAt: number;
}

/**
 * Verified headers, at most `capacity`; the least recently used goes first. They are kept under an HMAC-SHA-256
 * with a random key of this instance, so that neither a memory dump nor the time of a look-up gives one away.
 */
export class HeaderMemory {
  private readonly key = createSecretKey(randomBytes(32));
  /** In the order of use: a Map keeps the order of insertion. */
  private readonly entries = new Map<string, RememberedHeader>();

  constructor(private readonly capacity: number) {}

  /** The key under which this header is kept; costs microseconds. */
  keyOf(header: string): string {
    return createHmac('sha256', this.key).update(header).digest('base64');
  }

  /** Finds an entry by its key, and makes it the most recently used. */
  get(key: string): RememberedHeader | undefined {
    const entry = this.entries.get(key);
    if (entry) {
      this.set(key, entry);
    }
    return entry;
  }

  set(key: string, entry: RememberedHeader): void {
    this.entries.delete(key);
    this.entries.set(key, entry);
    if (this.entries.size > this.capacity) {
      const [oldest] = this.entries.keys();
      this.entries.delete(oldest);
    }
  }

  delete(key: string): void {
    this.entries.delete(key);
  }
}
