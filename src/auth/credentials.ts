import { Inject, Injectable, Optional } from '@nestjs/common';
import { parseBasicHeader } from './basic-header';
import { clientNetwork } from './client-network';
import { FairQueue, URGENT } from './fair-queue';
import { HeaderMemory } from './header-memory';
import { USERS, type Users } from './users';

/** Injection token of {@link CredentialsOptions}; nothing needs to provide it. */
export const CREDENTIALS_OPTIONS = Symbol('CREDENTIALS_OPTIONS');

export interface CredentialsOptions {
  /** Milliseconds from any fixed moment. By default a clock that no change of the wall clock disturbs. */
  readonly now?: () => number;
}

const REMEMBERED_HEADERS = 10_000;
const REMEMBERED_FOR_MS = 5 * 60_000;
const REFRESHED_AFTER_MS = REMEMBERED_FOR_MS / 2;
/** Two derivations leave half of Node's thread pool to files, names and the database. */
const VERIFICATIONS = { running: 2, waiting: 256, waitingPerShare: 8 };

/**
 * Tells whose credentials an Authorization header holds. Verified headers are remembered for five minutes, so that
 * a steady client costs a look-up, not a key derivation; wrong ones are not remembered. Verifications wait in
 * bounded, fair queues: one share for each client network and known user, one more for each network's unknown
 * users, and headers that were right before go first.
 */
@Injectable()
export class Credentials {
  private readonly memory = new HeaderMemory(REMEMBERED_HEADERS);
  private readonly verifications = new FairQueue(VERIFICATIONS);
  /** By the header's key in memory; as many as run and wait. */
  private readonly underWay = new Map<string, Promise<string | undefined>>();
  private readonly now: () => number;

  constructor(
    @Inject(USERS) private readonly users: Users,
    @Optional() @Inject(CREDENTIALS_OPTIONS) options: CredentialsOptions = {},
  ) {
    this.now = options.now ?? (() => performance.now());
  }

  /**
   * The user name of a remembered header, in microseconds. Past half of its life the header is verified again in
   * the background, so that a steady client never waits.
   */
  recall(header: string | undefined): string | undefined {
    return header === undefined ? undefined : this.recallKey(this.memory.keyOf(header), header);
  }

  /**
   * The user name, or undefined when the header is missing, malformed or wrong, or when too many verifications
   * wait. Identical headers share one verification.
   *
   * @param address the client's network address, as far as it is known.
   * @throws whatever {@link Users.validate} throws.
   */
  async verify(header: string | undefined, address = ''): Promise<string | undefined> {
    if (header === undefined) {
      return undefined;
    }
    const key = this.memory.keyOf(header);
    return this.recallKey(key, header) ?? this.verifyKey(key, header, address);
  }

  private recallKey(key: string, header: string): string | undefined {
    const remembered = this.memory.get(key);
    const age = remembered ? this.now() - remembered.verifiedAt : Infinity;
    if (!remembered || age >= REMEMBERED_FOR_MS) {
      return undefined;
    }
    if (age >= REFRESHED_AFTER_MS) {
      // An error is for whoever asks once the header is forgotten; nobody waits for this verification.
      this.verifyKey(key, header, '').catch(() => undefined);
    }
    return remembered.name;
  }

  private verifyKey(key: string, header: string, address: string): Promise<string | undefined> {
    let result = this.underWay.get(key);
    if (!result) {
      result = this.start(key, header, address).finally(() => this.underWay.delete(key));
      this.underWay.set(key, result);
    }
    return result;
  }

  private async start(key: string, header: string, address: string): Promise<string | undefined> {
    const given = parseBasicHeader(header);
    if (!given) {
      return undefined;
    }
    const { name, password } = given;
    // An expired header stays in the memory for this: no stranger can send one that was right before.
    const share = this.memory.get(key) ? URGENT : this.shareOf(name, address);
    const valid = await this.verifications.run(share, () => this.users.validate(name, password));
    if (valid === true) {
      this.memory.set(key, { name, verifiedAt: this.now() });
      return name;
    }
    if (valid === false) {
      this.memory.delete(key);
    }
    return undefined;
  }

  private shareOf(name: string, address: string): string {
    const known = this.users.knows?.(name) ?? true;
    return `${clientNetwork(address)} ${known ? name : ''}`;
  }
}
