import type { Clock } from '../../util/clock';
import { type AuthenticatedUser, type Users, userNamed } from '../users';
import { hashOfToken, newSessionToken } from './session-cookie';
import { CappedMap } from '../../util/capped-map';

/** A session ends this long after it was last used, in milliseconds. */
export const SESSION_LIFE_MS = 24 * 3_600_000;
/** The time of the last use is stored this often at most, in milliseconds. */
const TOUCH_EVERY_MS = 60_000;
/** How long a session is believed without asking the database again, in milliseconds. */
export const REMEMBERED_FOR_MS = 30_000;
/** How many sessions are remembered; the one that was used longest ago is forgotten first. */
const REMEMBERED = 10_000;

/** A session as it is stored; times are milliseconds since the epoch. */
export interface StoredSession {
  /** SHA-256 of the token, in hex. */
  readonly _id: string;
  readonly user: string;
  /** What {@link Users.seal} made of the token when it began; null where the users have no such thing. */
  readonly seal: string | null;
  readonly created: number;
  readonly used: number;
}

/** Where sessions are stored, for all processes of a database. Every method rejects where that fails. */
export interface SessionRepository {
  insert(session: StoredSession): Promise<void>;
  find(id: string): Promise<StoredSession | undefined>;
  /** Notes that a session was used. @param used milliseconds since the epoch */
  touch(id: string, used: number): Promise<void>;
  remove(id: string): Promise<void>;
  /** Removes all that were used before then. */
  removeUnused(before: number): Promise<void>;
}

/** What {@link Sessions} works with. */
export interface SessionsParts {
  readonly repository: SessionRepository;
  readonly users: Users;
  readonly clock: Clock;
}

interface Remembered {
  readonly user: AuthenticatedUser | undefined;
  readonly at: number;
}

/**
 * Sessions of people who logged in with name and password. Any process of the database knows them, and may end them; each
 * believes for 30 s what it has read. A session is a random token, of which only the hash is kept.
 */
export class Sessions {
  /** By the token's hash, in the order of use. */
  private readonly remembered = new CappedMap<string, Remembered>(REMEMBERED);

  constructor(private readonly parts: SessionsParts) {}

  /**
   * Begins a session.
   * @param user whose password was verified just now
   * @returns its token
   */
  async begin(user: string): Promise<string> {
    const { repository, users, clock } = this.parts;
    const token = newSessionToken();
    const at = clock.now();
    const seal = users.seal?.(user, token) ?? null;
    await repository.insert({ _id: hashOfToken(token), user, seal, created: at, used: at });
    await repository.removeUnused(at - SESSION_LIFE_MS);
    return token;
  }

  /** @returns whose session it is, without asking the database; undefined where that is not known */
  recall(token: string): AuthenticatedUser | undefined {
    return this.fresh(hashOfToken(token))?.user;
  }

  /** @returns whose session it is; undefined where it is none, or has ended */
  async find(token: string): Promise<AuthenticatedUser | undefined> {
    const id = hashOfToken(token);
    const known = this.fresh(id);
    if (known?.user !== undefined) return known.user;
    const began = this.parts.clock.monotonic();
    const user = await this.read(id, token);
    // Somebody may have ended it while it was read.
    const ended = this.remembered.get(id);
    if (ended !== undefined && ended.user === undefined && ended.at >= began) return undefined;
    if (user !== undefined) this.remember(id, user);
    return user;
  }

  /** Ends a session, in this process at once, in others within 30 s. */
  async end(token: string): Promise<void> {
    const id = hashOfToken(token);
    this.remember(id, undefined);
    await this.parts.repository.remove(id);
    this.remember(id, undefined);
  }

  private async read(id: string, token: string): Promise<AuthenticatedUser | undefined> {
    const { repository, users, clock } = this.parts;
    const session = await repository.find(id);
    const at = clock.now();
    if (session === undefined || at - session.used > SESSION_LIFE_MS) return undefined;
    // The user may be gone, or have another password since.
    if (users.knows?.(session.user) === false) return undefined;
    if ((users.seal?.(session.user, token) ?? null) !== session.seal) return undefined;
    // A session whose use cannot be stored is one all the same.
    if (at - session.used > TOUCH_EVERY_MS) repository.touch(id, at).catch(() => undefined);
    return userNamed(users, session.user);
  }

  private fresh(id: string): Remembered | undefined {
    const known = this.remembered.get(id);
    if (known === undefined || this.parts.clock.monotonic() - known.at >= REMEMBERED_FOR_MS) return undefined;
    return known;
  }

  private remember(id: string, user: AuthenticatedUser | undefined): void {
    this.remembered.set(id, { user, at: this.parts.clock.monotonic() });
  }
}
