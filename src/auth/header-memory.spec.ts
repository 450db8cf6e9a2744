import { HeaderMemory, type RememberedHeader } from './header-memory';

describe('HeaderMemory', () => {
  const entry = (name: string): RememberedHeader => ({ user: { name }, verifiedAt: 0 });

  it('forgets the least recently used beyond its capacity', () => {
    const memory = new HeaderMemory(2);
    memory.set('a', entry('a'));
    memory.set('b', entry('b'));
    memory.get('a');
    memory.set('c', entry('c'));
    expect(['a', 'b', 'c'].map((key) => memory.get(key)?.user.name)).toEqual(['a', undefined, 'c']);
  });

  it('replaces an entry without taking another place', () => {
    const memory = new HeaderMemory(2);
    memory.set('a', entry('a'));
    memory.set('b', entry('b'));
    memory.set('b', entry('B'));
    expect(['a', 'b'].map((key) => memory.get(key)?.user.name)).toEqual(['a', 'B']);
  });

  it('has keys that tell headers apart and differ from memory to memory', () => {
    const [one, other] = [new HeaderMemory(1), new HeaderMemory(1)];
    expect(one.keyOf('Basic x')).toBe(one.keyOf('Basic x'));
    expect(one.keyOf('Basic x')).not.toBe(one.keyOf('Basic y'));
    expect(one.keyOf('Basic x')).not.toBe(other.keyOf('Basic x'));
  });
});
