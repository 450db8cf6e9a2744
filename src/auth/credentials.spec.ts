import { at } from '../../test/support/at';
import { type CredentialHeaders, Credentials } from './credentials';
import type { Users } from './users';

const headerOf = (name: string, password: string): CredentialHeaders => ({
  authorization: `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`,
});

const MINUTE = 60_000;
const GOOD = headerOf('root', 'good');

/** Users whose every validation waits until the test answers it. */
class AskedUsers implements Users {
  readonly asked: string[] = [];
  private readonly answers: ((valid: boolean | Error) => void)[] = [];

  knows(name: string): boolean {
    return !name.startsWith('unknown');
  }

  validate(name: string, password: string): Promise<boolean> {
    this.asked.push(`${name}:${password}`);
    return new Promise((resolve, reject) => {
      this.answers.push((valid) => (valid instanceof Error ? reject(valid) : resolve(valid)));
    });
  }

  /** Answers the oldest open question, by default truthfully: the password is "good". */
  async answer(valid?: boolean | Error): Promise<void> {
    const index = this.asked.length - this.answers.length;
    this.answers.shift()?.(valid ?? at(this.asked, index).endsWith(':good'));
    await new Promise(setImmediate);
  }

  async answerAll(): Promise<void> {
    while (this.answers.length > 0) {
      await this.answer();
    }
  }
}

describe('Credentials', () => {
  let users: AskedUsers;
  let time: number;
  let credentials: Credentials;

  beforeEach(() => {
    users = new AskedUsers();
    time = 0;
    credentials = new Credentials(users, { now: () => time, loginFailures: 0 });
  });

  async function signIn(header = GOOD): Promise<void> {
    const result = credentials.verify(header);
    await users.answerAll();
    await expect(result).resolves.toBeDefined();
  }

  it.each([
    ['a name', headerOf('ro\tot', 'good')],
    ['a password', headerOf('root', 'good\0')],
    ['a key', { 'x-canopsis-authkey': 'good\tgood' }],
  ])('refuses %s with a control character without asking the users', async (_what, headers) => {
    const findByKey = jest.fn(() => ({ name: 'root' }));
    const strict = new Credentials(Object.assign(users, { findByKey }));
    await expect(strict.verify(headers)).resolves.toBeUndefined();
    expect([users.asked, findByKey.mock.calls]).toEqual([[], []]);
  });

  it('remembers a verified header, and asks no more', async () => {
    expect(credentials.recall(GOOD)).toBeUndefined();
    await signIn();
    expect(credentials.recall(GOOD)).toEqual({ name: 'root' });
    await expect(credentials.verify(GOOD)).resolves.toEqual({ name: 'root' });
    expect(users.asked).toHaveLength(1);
  });

  it('does not remember a wrong header', async () => {
    for (const times of [1, 2]) {
      const result = credentials.verify(headerOf('root', 'bad'));
      await users.answerAll();
      await expect(result).resolves.toBeUndefined();
      expect(users.asked).toHaveLength(times);
    }
    expect(credentials.recall(headerOf('root', 'bad'))).toBeUndefined();
  });

  it('asks nobody about a missing or malformed header', async () => {
    for (const authorization of [undefined, '', 'Basic', 'Bearer x', 'Basic cm9vdA==']) {
      expect(credentials.recall({ authorization })).toBeUndefined();
      await expect(credentials.verify({ authorization })).resolves.toBeUndefined();
    }
    expect(users.asked).toEqual([]);
  });

  it('shares one verification between identical headers', async () => {
    const results = Array.from({ length: 50 }, () => credentials.verify(GOOD));
    await users.answerAll();
    await expect(Promise.all(results)).resolves.toEqual(results.map(() => ({ name: 'root' })));
    expect(users.asked).toHaveLength(1);
  });

  it('forgets after five minutes without use', async () => {
    await signIn();
    time = 5 * MINUTE;
    expect(credentials.recall(GOOD)).toBeUndefined();
    expect(users.asked).toHaveLength(1);
  });

  it('verifies again in the background past half of the time, once, while the client goes on', async () => {
    await signIn();
    time = 2.5 * MINUTE - 1;
    credentials.recall(GOOD);
    expect(users.asked).toHaveLength(1);
    time = 2.5 * MINUTE;
    expect(credentials.recall(GOOD)).toEqual({ name: 'root' });
    expect(credentials.recall(GOOD)).toEqual({ name: 'root' });
    expect(users.asked).toHaveLength(2);
    await users.answer();
    time = 7 * MINUTE;
    expect(credentials.recall(GOOD)).toEqual({ name: 'root' });
  });

  it('forgets at once a header that is found wrong in the background', async () => {
    await signIn();
    time = 3 * MINUTE;
    credentials.recall(GOOD);
    await users.answer(false);
    expect(credentials.recall(GOOD)).toBeUndefined();
  });

  it('keeps a header until its end where the users cannot be asked, and tells the error to whoever waits', async () => {
    await signIn();
    time = 3 * MINUTE;
    credentials.recall(GOOD);
    await users.answer(new Error('unreachable'));
    time = 4.9 * MINUTE;
    expect(credentials.recall(GOOD)).toEqual({ name: 'root' });
    await users.answer(new Error('unreachable'));
    time = 5 * MINUTE;
    const result = expect(credentials.verify(GOOD)).rejects.toThrow('unreachable');
    await users.answer(new Error('unreachable'));
    await result;
  });

  it('remembers 10,000 headers and forgets the least recently used beyond', async () => {
    const plain = new Credentials({ validate: () => true });
    const header = (index: number): CredentialHeaders => headerOf(`user${index}`, 'good');
    for (let index = 0; index < 10_000; index += 1) {
      await plain.verify(header(index));
    }
    expect(plain.recall(header(0))).toEqual({ name: 'user0' });
    await plain.verify(header(10_000));
    expect([0, 1, 2, 10_000].map((index) => plain.recall(header(index))?.name)).toEqual([
      'user0',
      undefined,
      'user2',
      'user10000',
    ]);
  });

  describe('with all verifications taken', () => {
    const flood = (
      count: number,
      name: (index: number) => string,
      address: (index: number) => string,
    ): void => {
      for (let index = 0; index < count; index += 1) {
        void credentials.verify(headerOf(name(index), `bad${index}`), address(index));
      }
    };

    it('asks about two at once, and refuses the ninth that waits for one user from one address', async () => {
      flood(
        10,
        () => 'root',
        () => '192.0.2.1',
      );
      await expect(credentials.verify(headerOf('root', 'ninth'), '192.0.2.1')).resolves.toBeUndefined();
      expect(users.asked).toHaveLength(2);
      await users.answerAll();
      expect(users.asked).toHaveLength(10);
    });

    it.each([
      ['another address', 'root', '192.0.2.2'],
      ['the same address as another user', 'ada', '192.0.2.1'],
    ])('lets in a new client from %s next', async (_what, name, address) => {
      flood(
        10,
        () => 'root',
        () => '192.0.2.1',
      );
      const result = credentials.verify(headerOf(name, 'good'), address);
      for (let answers = 0; answers < 4; answers += 1) {
        await users.answer();
      }
      await expect(result).resolves.toEqual({ name });
      await users.answerAll();
    });

    it('gives invented names from one address one place together', async () => {
      flood(
        300,
        (index) => `unknown${index}`,
        () => '192.0.2.1',
      );
      const result = credentials.verify(headerOf('root', 'good'), '192.0.2.1');
      await users.answerAll();
      await expect(result).resolves.toEqual({ name: 'root' });
      expect(users.asked).toHaveLength(2 + 8 + 1);
    });

    it('gives the addresses of one IPv6 network one place together', async () => {
      flood(
        300,
        () => 'root',
        (index) => `2001:db8::${index.toString(16)}`,
      );
      const result = credentials.verify(headerOf('root', 'good'), '2001:db8:0:1::1');
      await users.answerAll();
      await expect(result).resolves.toEqual({ name: 'root' });
      expect(users.asked).toHaveLength(2 + 8 + 1);
    });

    it('lets 256 wait at most, and takes in a new client before the second try of another', async () => {
      flood(
        1_000,
        (index) => `user${index % 200}`,
        () => '192.0.2.1',
      );
      const result = credentials.verify(headerOf('root', 'good'), '192.0.2.2');
      await users.answerAll();
      await expect(result).resolves.toEqual({ name: 'root' });
      expect(users.asked).toHaveLength(2 + 256);
    });

    it('asks first about a header that was right before', async () => {
      await signIn();
      flood(
        1_000,
        (index) => `user${index}`,
        (index) => `198.18.${index >> 8}.${index & 255}`,
      );
      time = 60 * MINUTE;
      const result = credentials.verify(GOOD, '192.0.2.1');
      await users.answer();
      await users.answer();
      await users.answer();
      await expect(result).resolves.toEqual({ name: 'root' });
      expect(users.asked.indexOf('root:good', 1)).toBe(3);
      await users.answerAll();
    });
  });
});
