import type { Users } from '../users';
import { expiredCookie, newSessionToken, sessionCookie, sessionTokenIn } from './session-cookie';
import { SESSION_LIFE_MS, type SessionRepository, Sessions, type StoredSession } from './sessions';

const HOUR = 3_600_000;

describe('the session cookie', () => {
  const token = newSessionToken();

  it('is set for this site alone, out of reach of scripts, and over TLS only where the client came by TLS', () => {
    expect(sessionCookie(token, { secure: false })).toBe(
      `heartbeat_session=${token}; Path=/; HttpOnly; SameSite=Strict`,
    );
    expect(sessionCookie(token, { secure: true })).toMatch(/; Secure$/);
    expect(expiredCookie({ secure: false })).toBe(
      'heartbeat_session=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0',
    );
  });

  it('is found among others', () => {
    expect(sessionTokenIn(`a=b; heartbeat_session=${token};c="d=e"`)).toBe(token);
    expect(sessionTokenIn(`heartbeat_session=${token}`)).toBe(token);
  });

  it.each([
    undefined,
    '',
    'a=b',
    'heartbeat_session',
    'heartbeat_session=',
    'heartbeat_session=short',
    `heartbeat_session="${token}"`,
    `heartbeat_session=${token}x`,
    `xheartbeat_session=${token}`,
    `heartbeat_session=${token}; heartbeat_session=${newSessionToken()}`,
  ])('is not found in %j', (header) => {
    expect(sessionTokenIn(header)).toBeUndefined();
  });
});

/** A repository in memory, for the rules; the one on the database is tested over HTTP. */
class Stored implements SessionRepository {
  readonly sessions = new Map<string, StoredSession>();
  finds = 0;
  /** What a find waits for, with what it has read. */
  held: Promise<void> = Promise.resolve();

  insert(session: StoredSession): Promise<void> {
    this.sessions.set(session._id, session);
    return Promise.resolve();
  }

  async find(id: string): Promise<StoredSession | undefined> {
    this.finds += 1;
    const found = this.sessions.get(id);
    await this.held;
    return found;
  }

  touch(id: string, used: number): Promise<void> {
    const session = this.sessions.get(id);
    if (session) this.sessions.set(id, { ...session, used });
    return Promise.resolve();
  }

  remove(id: string): Promise<void> {
    this.sessions.delete(id);
    return Promise.resolve();
  }

  removeUnused(before: number): Promise<void> {
    for (const { _id, used } of this.sessions.values()) if (used < before) this.sessions.delete(_id);
    return Promise.resolve();
  }
}

describe('Sessions', () => {
  let now: number;
  let stored: Stored;
  let users: Users;

  const process = (): Sessions =>
    new Sessions({
      repository: stored,
      users,
      clock: { now: () => now, monotonic: () => now },
    });

  beforeEach(() => {
    now = 1_700_000_000_000;
    stored = new Stored();
    users = { validate: () => true };
  });

  it('are known to every process, and none of them stores the token', async () => {
    const token = await process().begin('root');
    expect(await process().find(token)).toEqual({ name: 'root' });
    expect(JSON.stringify([...stored.sessions])).not.toContain(token);
    expect(await process().find(newSessionToken())).toBeUndefined();
  });

  it('are asked for once in 30 s', async () => {
    const one = process();
    const token = await one.begin('root');
    expect(one.recall(token)).toBeUndefined();
    for (let i = 0; i < 5; i += 1) await one.find(token);
    expect(one.recall(token)).toEqual({ name: 'root' });
    expect(stored.finds).toBe(1);
    now += 30_000;
    expect(one.recall(token)).toBeUndefined();
    await one.find(token);
    expect(stored.finds).toBe(2);
  });

  it('end at once where somebody logs out, and within 30 s elsewhere', async () => {
    const [one, other] = [process(), process()];
    const token = await one.begin('root');
    await Promise.all([one.find(token), other.find(token)]);
    await one.end(token);
    expect(one.recall(token)).toBeUndefined();
    expect(await one.find(token)).toBeUndefined();
    now += 30_000;
    expect(await other.find(token)).toBeUndefined();
  });

  it('do not come back by a reading that was under way when they ended', async () => {
    const one = process();
    const token = await one.begin('root');
    let release = (): void => undefined;
    stored.held = new Promise((resolve) => (release = resolve));
    const reading = one.find(token);
    now += 1;
    await one.end(token);
    release();
    expect(await reading).toBeUndefined();
    expect(await one.find(token)).toBeUndefined();
  });

  it('end 24 h after their last use, and are cleared away', async () => {
    const token = await process().begin('root');
    for (let hours = 0; hours < 60; hours += 20) {
      now += 20 * HOUR;
      expect(await process().find(token)).toBeDefined();
    }
    now += SESSION_LIFE_MS + 1;
    expect(await process().find(token)).toBeUndefined();
    await process().begin('root');
    expect(stored.sessions.size).toBe(1);
  });

  it('end where the user is gone, or has another password', async () => {
    const passwords = new Map([['root', 'one']]);
    users = {
      validate: () => true,
      knows: (name) => passwords.has(name),
      seal: (name, token) => `${passwords.get(name)} ${token.length}`,
    };
    const token = await process().begin('root');
    expect(await process().find(token)).toBeDefined();
    passwords.set('root', 'two');
    expect(await process().find(token)).toBeUndefined();
    passwords.set('root', 'one');
    expect(await process().find(token)).toBeDefined();
    passwords.clear();
    expect(await process().find(token)).toBeUndefined();
  });
});
