import { VerifiedCredentialsCache, type VerifiedCredentials } from './verified-credentials-cache';

describe('VerifiedCredentialsCache', () => {
  const entry = (name: string): VerifiedCredentials => ({ user: { name }, verifiedAt: 0 });

  it('forgets the least recently used beyond its capacity', () => {
    const memory = new VerifiedCredentialsCache(2);
    memory.recordSuccess('a', entry('a'));
    memory.recordSuccess('b', entry('b'));
    memory.lookup('a');
    memory.recordSuccess('c', entry('c'));
    expect(['a', 'b', 'c'].map((key) => memory.lookup(key)?.user.name)).toEqual(['a', undefined, 'c']);
  });

  it('replaces an entry without taking another place', () => {
    const memory = new VerifiedCredentialsCache(2);
    memory.recordSuccess('a', entry('a'));
    memory.recordSuccess('b', entry('b'));
    memory.recordSuccess('b', entry('B'));
    expect(['a', 'b'].map((key) => memory.lookup(key)?.user.name)).toEqual(['a', 'B']);
  });

  it('has keys that tell headers apart and differ from memory to memory', () => {
    const [one, other] = [new VerifiedCredentialsCache(1), new VerifiedCredentialsCache(1)];
    expect(one.keyOf('Basic x')).toBe(one.keyOf('Basic x'));
    expect(one.keyOf('Basic x')).not.toBe(one.keyOf('Basic y'));
    expect(one.keyOf('Basic x')).not.toBe(other.keyOf('Basic x'));
  });
});
