import { Inject, Injectable, Logger, Optional } from '@nestjs/common';
import { AUDIT_LOG } from './audit';
import { tooManyFailedLogins } from '../canopsis/canopsis-error';
import { AUTHENTICATION_KEY_HEADER } from './authentication-key';
import { CONTROL_CHARACTER, parseBasicHeader } from './basic-header';
import { clientNetwork } from './client-network';
import { FairQueue, URGENT } from './fair-queue';
import { VerifiedCredentialsCache } from './verified-credentials-cache';
import { type LoginAttempt, LoginLimit } from './login-limit';
import { RefusalLog } from './refusal-log';
import { sessionTokenIn } from './session/session-cookie';
import { Sessions } from './session/sessions';
import { type AuthenticatedUser, USERS, type Users, userNamed } from './users';

/** Injection token of {@link CredentialsOptions}; nothing needs to provide it. */
export const CREDENTIALS_OPTIONS = Symbol('CREDENTIALS_OPTIONS');

export interface CredentialsOptions {
  /** Milliseconds from any fixed moment. By default a clock that no change of the wall clock disturbs. */
  readonly now?: () => number;
  /** Failed log-ins in a minute from one network, or under one name, after which more are refused. 0: no limit. Default: 10. */
  readonly loginFailures?: number;
}

/** The headers that hold credentials. */
export interface CredentialHeaders {
  readonly authorization?: string;
  readonly cookie?: string;
  readonly [AUTHENTICATION_KEY_HEADER]?: string | string[];
}

export const DEFAULT_LOGIN_FAILURES = 10;
const REMEMBERED = 10_000;
const REMEMBERED_FOR_MS = 5 * 60_000;
const REFRESHED_AFTER_MS = REMEMBERED_FOR_MS / 2;
/** Two derivations leave half of Node's thread pool to files, names and the database. */
const VERIFICATIONS = { running: 2, waiting: 256, waitingPerShare: 8 };
/** Begins a key where keys and Authorization headers are remembered together: no header can hold it. */
const KEY_MARK = '\0';

/**
 * Tells whose credentials a request has: an authentication key where there is one, otherwise what its Authorization header
 * holds, and without that the cookie of a session. Verified ones are remembered for five minutes, so that a steady client costs a look-up, not a key derivation;
 * wrong ones are not remembered. Verifications of passwords wait in bounded, fair queues: one share for each client
 * network and known user, one more for each network's unknown users, and what was right before goes first. Failures are
 * limited, see {@link LoginLimit}; what was right before is not, and neither is a key that is right.
 */
@Injectable()
export class Credentials {
  private readonly memory = new VerifiedCredentialsCache(REMEMBERED);
  private readonly verifications = new FairQueue(VERIFICATIONS);
  /** By the key in memory and the network; as many as run and wait. */
  private readonly underWay = new Map<string, Promise<AuthenticatedUser | undefined>>();
  private readonly limit: LoginLimit;
  private readonly refusals: RefusalLog;
  private readonly now: () => number;

  constructor(
    @Inject(USERS) private readonly users: Users,
    @Optional() @Inject(CREDENTIALS_OPTIONS) options: CredentialsOptions = {},
    @Optional() private readonly sessions?: Sessions,
  ) {
    this.now = options.now ?? (() => performance.now());
    this.limit = new LoginLimit(options.loginFailures ?? DEFAULT_LOGIN_FAILURES, this.now);
    this.refusals = new RefusalLog(new Logger(AUDIT_LOG), this.now);
  }

  /**
   * The user of remembered credentials, in microseconds. Past half of their life they are verified again in
   * the background, so that a steady client never waits.
   */
  recall(headers: CredentialHeaders): AuthenticatedUser | undefined {
    const proof = proofIn(headers);
    if (proof !== undefined) return this.recallKey(this.memory.keyOf(proof), proof);
    const token = sessionTokenIn(headers.cookie);
    return token === undefined ? undefined : this.sessions?.recall(token);
  }

  /**
   * The user, or undefined when the credentials are missing, malformed or wrong, or when too many verifications
   * wait. Identical credentials from one network share one verification.
   *
   * @param address the client's network address, as far as it is known.
   * @throws CanopsisError 429 `too many failed log-ins, try again later.`, and whatever {@link Users} throws.
   */
  async verify(headers: CredentialHeaders, address = ''): Promise<AuthenticatedUser | undefined> {
    const proof = proofIn(headers);
    if (proof === undefined) {
      const token = sessionTokenIn(headers.cookie);
      return token === undefined ? undefined : this.sessions?.find(token);
    }
    const key = this.memory.keyOf(proof);
    return this.recallKey(key, proof) ?? this.verifyKey(key, proof, clientNetwork(address));
  }

  private recallKey(key: string, proof: string): AuthenticatedUser | undefined {
    const remembered = this.memory.lookup(key);
    const age = remembered ? this.now() - remembered.verifiedAt : Infinity;
    if (!remembered || age >= REMEMBERED_FOR_MS) {
      return undefined;
    }
    if (age >= REFRESHED_AFTER_MS) {
      // An error is for whoever asks once it is forgotten; nobody waits for this verification.
      this.verifyKey(key, proof, '').catch(() => undefined);
    }
    return remembered.user;
  }

  private verifyKey(key: string, proof: string, network: string): Promise<AuthenticatedUser | undefined> {
    const id = `${key} ${network}`;
    let result = this.underWay.get(id);
    if (!result) {
      const verified = proof.startsWith(KEY_MARK)
        ? this.verifyAuthenticationKey(key, proof.slice(KEY_MARK.length), network)
        : this.verifyPassword(key, proof, network);
      result = verified.finally(() => this.underWay.delete(id));
      this.underWay.set(id, result);
    }
    return result;
  }

  private async verifyAuthenticationKey(
    key: string,
    authenticationKey: string,
    network: string,
  ): Promise<AuthenticatedUser | undefined> {
    if (CONTROL_CHARACTER.test(authenticationKey)) return undefined;
    const user = await this.users.findByKey?.(authenticationKey);
    if (user) {
      this.memory.recordSuccess(key, { user, verifiedAt: this.now() });
      return user;
    }
    const wasRight = this.memory.lookup(key) !== undefined;
    this.memory.delete(key);
    if (!wasRight) {
      this.refuseAboveLimit({ network });
      this.countFailure({ network });
    }
    return undefined;
  }

  private async verifyPassword(
    key: string,
    header: string,
    network: string,
  ): Promise<AuthenticatedUser | undefined> {
    const given = parseBasicHeader(header);
    if (!given) {
      return undefined;
    }
    const { name, password } = given;
    const attempt = { network, name, known: this.users.knows?.(name) };
    // An expired header stays in the memory for this: no stranger can send one that was right before.
    const wasRight = this.memory.lookup(key) !== undefined;
    if (!wasRight) this.refuseAboveLimit(attempt);
    const share = wasRight ? URGENT : `${network} ${attempt.known === false ? '' : name}`;
    const valid = await this.verifications.run(share, async () => {
      // Others may have failed while this one waited, and those that still wait must know of this one.
      if (!wasRight) this.refuseAboveLimit(attempt);
      const matches = await this.users.validate(name, password);
      if (!matches && !wasRight) this.countFailure(attempt);
      return matches;
    });
    if (valid === true) {
      const user = userNamed(this.users, name);
      this.memory.recordSuccess(key, { user, verifiedAt: this.now() });
      this.limit.right(attempt);
      return user;
    }
    if (valid === false) this.memory.delete(key);
    return undefined;
  }

  private refuseAboveLimit(attempt: LoginAttempt): void {
    const wait = this.limit.wait(attempt);
    if (wait > 0) throw tooManyFailedLogins(wait);
  }

  private countFailure(attempt: LoginAttempt): void {
    if (this.limit.failed(attempt)) this.refusals.limitReached(attempt);
  }
}

/** What stands for the credentials of a request: a key counts alone, whatever the Authorization header says. */
function proofIn(headers: CredentialHeaders): string | undefined {
  const key = headers[AUTHENTICATION_KEY_HEADER];
  return key === undefined ? headers.authorization : KEY_MARK + String(key);
}
