import { Logger } from '@nestjs/common';
import { CanopsisError } from '../canopsis/canopsis-error';
import { hashOfKey } from './authentication-key';
import { type CredentialHeaders, Credentials } from './credentials';
import type { AuthenticatedUser, Users } from './users';

const MINUTE = 60_000;
const basic = (name: string, password: string): CredentialHeaders => ({
  authorization: `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`,
});
const key = (text: string): CredentialHeaders => ({ 'x-canopsis-authkey': text });
const GOOD = basic('root', 'good');

/** The password of root and ada is "good"; ada may only read. Counts what it is asked. */
class SomeUsers implements Users {
  asked = 0;
  keys: Record<string, AuthenticatedUser> = { k1: { name: 'robot' }, k2: { name: 'viewer', readOnly: true } };

  knows(name: string): boolean {
    return name === 'root' || name === 'ada';
  }
  isReadOnly(name: string): boolean {
    return name === 'ada';
  }
  async validate(name: string, password: string): Promise<boolean> {
    this.asked += 1;
    await new Promise(setImmediate);
    return this.knows(name) && password === 'good';
  }
  findByKey(text: string): AuthenticatedUser | undefined {
    return this.keys[text];
  }
}

describe('Credentials', () => {
  let users: SomeUsers;
  let time: number;
  let credentials: Credentials;
  let warn: jest.SpyInstance;

  beforeEach(() => {
    users = new SomeUsers();
    time = 0;
    credentials = new Credentials(users, { now: () => time });
    warn = jest.spyOn(Logger.prototype, 'warn').mockReturnValue();
  });
  afterEach(() => jest.restoreAllMocks());

  /** What became of an attempt: the user's name, `wrong`, or the seconds that a 429 asks for. */
  const attempt = async (headers: CredentialHeaders, address: string): Promise<string> => {
    try {
      return (await credentials.verify(headers, address))?.name ?? 'wrong';
    } catch (error) {
      if (!(error instanceof CanopsisError)) throw error;
      expect([error.statusCode, error.body]).toEqual([
        429,
        { name: '', description: 'too many failed log-ins, try again later.' },
      ]);
      return error.headers['Retry-After'] ?? '';
    }
  };
  const failTimes = async (times: number, name: string, address: (n: number) => string): Promise<void> => {
    for (let n = 0; n < times; n += 1) {
      expect(await attempt(basic(name, `bad${n}`), address(n))).toBe('wrong');
    }
  };

  it('refuses a network after ten failures in a minute, without asking the users', async () => {
    await failTimes(10, 'root', () => '192.0.2.1');
    expect(await attempt(GOOD, '192.0.2.1')).toBe('60');
    expect(await attempt(basic('ada', 'good'), '192.0.2.1')).toBe('60');
    expect(users.asked).toBe(10);
    expect(await attempt(basic('ada', 'good'), '192.0.2.2')).toBe('ada');
    time = MINUTE - 1;
    expect(await attempt(GOOD, '192.0.2.1')).toBe('1');
    time = MINUTE;
    expect(await attempt(GOOD, '192.0.2.1')).toBe('root');
  });

  it('takes the /64 of an IPv6 address for one network', async () => {
    await failTimes(10, 'root', (n) => `2001:db8::${n}`);
    expect(await attempt(basic('ada', 'good'), '2001:db8::ffff')).toBe('60');
    expect(await attempt(basic('ada', 'good'), '2001:db8:0:1::1')).toBe('ada');
  });

  it('refuses a name after ten failures from anywhere, but not where it was right before', async () => {
    expect(await attempt(GOOD, '198.51.100.1')).toBe('root');
    await failTimes(10, 'root', (n) => `192.0.2.${n}`);
    expect(await attempt(GOOD, '192.0.2.100')).toBe('root');
    const changed = basic('root', 'not remembered');
    expect(await attempt(changed, '192.0.2.200')).toBe('60');
    expect(await attempt(changed, '198.51.100.1')).toBe('wrong');
  });

  it('does not tell users from names that nobody has', async () => {
    await failTimes(10, 'nobody', (n) => `192.0.2.${n}`);
    expect(await attempt(basic('nobody', 'x'), '198.51.100.1')).toBe('60');
  });

  it('never locks out who is remembered, or was right before, whatever others do', async () => {
    expect(await attempt(GOOD, '192.0.2.1')).toBe('root');
    await failTimes(10, 'root', () => '192.0.2.1');
    expect(credentials.recall(GOOD)).toEqual({ name: 'root' });
    time = 10 * MINUTE;
    await failTimes(10, 'root', () => '192.0.2.1');
    expect(credentials.recall(GOOD)).toBeUndefined();
    expect(await attempt(GOOD, '192.0.2.1')).toBe('root');
  });

  it('counts what fails while others wait: a burst gets no more tries than a slow one', async () => {
    const burst = await Promise.all(
      Array.from({ length: 300 }, (_, n) => attempt(basic(n % 2 ? 'root' : 'ada', `bad${n}`), '192.0.2.1')),
    );
    // Two run at once, so that the eleventh may be under way when the tenth fails.
    expect(users.asked).toBeLessThanOrEqual(11);
    expect(users.asked).toBeGreaterThanOrEqual(10);
    expect(burst.filter((outcome) => outcome === '60').length).toBeGreaterThan(0);
    expect(await attempt(basic('root', 'more'), '192.0.2.1')).toBe('60');
  });

  it('gives no failure to one who comes without, or with what is no Basic', async () => {
    for (let n = 0; n < 50; n += 1) await credentials.verify({ authorization: `Bearer ${n}` }, '192.0.2.1');
    for (let n = 0; n < 50; n += 1) await credentials.verify({}, '192.0.2.1');
    expect(await attempt(GOOD, '192.0.2.1')).toBe('root');
  });

  it('counts wrong keys, and never refuses a right one', async () => {
    for (let n = 0; n < 10; n += 1) expect(await attempt(key(`guess${n}`), '192.0.2.1')).toBe('wrong');
    expect(await attempt(key('guess'), '192.0.2.1')).toBe('60');
    expect(await attempt(GOOD, '192.0.2.1')).toBe('60');
    expect(await attempt(key('k1'), '192.0.2.1')).toBe('robot');
  });

  it('takes a key alone where there is one, and remembers it', async () => {
    expect(await attempt({ ...GOOD, ...key('k1') }, '')).toBe('robot');
    expect(await attempt({ ...GOOD, ...key('wrong') }, '')).toBe('wrong');
    expect(await attempt({ ...GOOD, ...key('') }, '')).toBe('wrong');
    delete users.keys.k1;
    expect(credentials.recall(key('k1'))).toEqual({ name: 'robot' });
    expect(credentials.recall({ authorization: 'k1' })).toBeUndefined();
    time = 5 * MINUTE;
    expect(await attempt(key('k1'), '')).toBe('wrong');
  });

  it('forgets a key that was taken away, in the background', async () => {
    await attempt(key('k1'), '');
    delete users.keys.k1;
    time = 3 * MINUTE;
    credentials.recall(key('k1'));
    await new Promise(setImmediate);
    expect(credentials.recall(key('k1'))).toBeUndefined();
  });

  it('knows who may only read, by password and by key', async () => {
    expect(await credentials.verify(basic('ada', 'good'))).toEqual({ name: 'ada', readOnly: true });
    expect(credentials.recall(basic('ada', 'good'))).toEqual({ name: 'ada', readOnly: true });
    expect(await credentials.verify(key('k2'))).toEqual({ name: 'viewer', readOnly: true });
  });

  it('has no keys where the users have none', async () => {
    const plain = new Credentials({ validate: () => true });
    await expect(plain.verify(key(hashOfKey('x')))).resolves.toBeUndefined();
  });

  it('says which client reached the limit, without what was sent, and a line a second at most', async () => {
    await failTimes(10, 'root', () => '192.0.2.1');
    await failTimes(10, 'a secret by mistake', () => '192.0.2.2');
    time += 1_000;
    await failTimes(10, 'another', () => '192.0.2.3');
    expect(warn.mock.calls.map(([line]: unknown[]) => line)).toEqual([
      { msg: 'log-ins refused', action: 'log-ins refused', user: 'root', network: '192.0.2.1' },
      { msg: 'log-ins refused', action: 'log-ins refused', network: '192.0.2.3', leftOut: 1 },
    ]);
    expect(JSON.stringify(warn.mock.calls)).not.toMatch(/bad|secret|another/);
  });
});
