import * as crypto from 'node:crypto';
import { hashOfKey } from './authentication-key';
import { HashedUsers } from './hashed-users';
import { hashPassword } from './scrypt-hash';

jest.mock('node:crypto', () => {
  const actual = jest.requireActual<typeof crypto>('node:crypto');
  return { ...actual, scrypt: jest.fn(actual.scrypt) };
});

describe('HashedUsers', () => {
  const derivations = jest.mocked(crypto.scrypt);

  it('takes the right password of a user and nothing else', async () => {
    const users = new HashedUsers(new Map([['root', await hashPassword('secret', { ln: 10, r: 8, p: 1 })]]));
    await expect(users.validate('root', 'secret')).resolves.toBe(true);
    await expect(users.validate('root', 'Secret')).resolves.toBe(false);
    await expect(users.validate('nobody', 'secret')).resolves.toBe(false);
    expect([users.knows('root'), users.knows('nobody')]).toEqual([true, false]);
  });

  it('derives a key of the same cost for a user that does not exist', async () => {
    const users = new HashedUsers(new Map([['root', await hashPassword('secret', { ln: 11, r: 8, p: 2 })]]));
    derivations.mockClear();
    await users.validate('root', 'wrong');
    await users.validate('nobody', 'wrong');
    const costs = derivations.mock.calls.map(([, , bytes, options]) => ({ bytes, options }));
    expect(costs).toHaveLength(2);
    expect(costs[0]).toMatchObject({ bytes: 32, options: { N: 2048, r: 8, p: 2 } });
    expect(costs[1]).toEqual(costs[0]);
  });

  it('finds whose key it is, and what it lets do', () => {
    const keys = new Map([
      [hashOfKey('one'), { name: 'ada' }],
      [hashOfKey('two'), { name: 'ada', rights: ['read'] as const }],
    ]);
    const users = new HashedUsers({
      passwords: new Map(),
      rights: new Map([['bob', ['create'] as const]]),
      keys,
    });
    expect(['one', 'two', 'three', hashOfKey('one')].map((key) => users.findByKey(key))).toEqual([
      { name: 'ada' },
      { name: 'ada', rights: ['read'] },
      undefined,
      undefined,
    ]);
    expect(['ada', 'bob'].map((name) => users.rightsOf(name))).toEqual([undefined, ['create']]);
  });

  it('lets nobody in where there are no users', async () => {
    await expect(new HashedUsers(new Map()).validate('root', '')).resolves.toBe(false);
  });
});
