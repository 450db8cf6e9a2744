import { createHmac, hash, timingSafeEqual } from 'node:crypto';

/** The tokens by which a heartbeat is pinged without credentials: the HMAC-SHA256 of its id, in base64url. */
export class PingTokens {
  /** @param secret the key, at least 16 characters; absent: there are no tokens */
  constructor(private readonly secret?: string) {}

  /** @returns 43 characters; undefined where there is no secret */
  tokenOf(id: string): string | undefined {
    if (this.secret === undefined) return undefined;
    return createHmac('sha256', this.secret).update(id, 'utf8').digest('base64url');
  }

  /** Whether this is the heartbeat's token; takes as long for a wrong one as for the right one. */
  isTokenOf(id: string, given: string): boolean {
    const token = this.tokenOf(id);
    return token !== undefined && timingSafeEqual(digest(token), digest(given));
  }
}

/** Of one length, whatever was given. */
const digest = (text: string): Buffer => hash('sha256', text, 'buffer');
