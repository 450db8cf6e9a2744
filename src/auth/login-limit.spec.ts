import { type LoginAttempt, LoginLimit } from './login-limit';

describe('LoginLimit', () => {
  let time: number;
  let limit: LoginLimit;

  beforeEach(() => {
    time = 1_000;
    limit = new LoginLimit(3, () => time);
  });

  const fail = (attempt: LoginAttempt, times = 3): boolean[] =>
    Array.from({ length: times }, () => limit.failed(attempt));
  const root = (network: string): LoginAttempt => ({ network, name: 'root', known: true });

  it('says when a limit is reached, once in a window', () => {
    expect(fail(root('a'), 4)).toEqual([false, false, true, false]);
  });

  it('refuses all from a network until a minute after the first failure', () => {
    fail(root('a'), 1);
    time += 20_000;
    fail({ network: 'a' }, 1);
    expect(limit.wait({ network: 'a' })).toBe(0);
    fail({ network: 'a', name: 'nobody', known: false }, 1);
    expect([limit.wait({ network: 'a' }), limit.wait({ network: 'a', name: 'ada' })]).toEqual([
      40_000, 40_000,
    ]);
    expect(limit.wait({ network: 'b', name: 'ada' })).toBe(0);
    time += 40_000;
    expect(limit.wait({ network: 'a' })).toBe(0);
  });

  it.each([true, false, undefined])('refuses a name in other networks too, known or not (%s)', (known) => {
    for (const network of ['a', 'b', 'c']) limit.failed({ network, name: 'x', known });
    expect(limit.wait({ network: 'd', name: 'x', known })).toBe(60_000);
    expect(limit.wait({ network: 'd', name: 'y', known })).toBe(0);
    expect(limit.wait({ network: 'd' })).toBe(0);
  });

  it('does not refuse a name in a network that was right with it, unless that network itself fails', () => {
    limit.right(root('home'));
    for (const network of ['a', 'b', 'c']) limit.failed(root(network));
    expect(limit.wait(root('home'))).toBe(0);
    expect(limit.wait({ network: 'home', name: 'ada' })).toBe(0);
    fail(root('home'));
    expect(limit.wait(root('home'))).toBe(60_000);
  });

  it('does not count for a name what fails in a network that was right with it', () => {
    limit.right(root('home'));
    fail(root('home'), 2);
    expect(fail(root('a'), 2)).toEqual([false, false]);
    expect(limit.wait(root('b'))).toBe(0);
  });

  it('has no network where the address is not known, and trusts none', () => {
    limit.right(root(''));
    fail(root(''));
    expect(limit.wait({ network: '' })).toBe(0);
    expect(limit.wait(root(''))).toBe(60_000);
  });

  it('begins a new window after a minute', () => {
    fail(root('a'), 2);
    time += 60_000;
    fail(root('a'), 2);
    expect(limit.wait(root('a'))).toBe(0);
  });

  it('knows 10,000 networks and names at most, and forgets the oldest', () => {
    fail(root('first'));
    for (let n = 0; n < 9_999; n += 1) limit.failed({ network: `n${n}`, name: `x${n}`, known: false });
    expect(limit.wait({ network: 'first' })).toBe(60_000);
    limit.failed({ network: 'more' });
    expect(limit.wait({ network: 'first' })).toBe(0);
    // Names that nobody has push out none of a user.
    for (let n = 0; n < 10_001; n += 1) limit.failed({ network: '', name: `y${n}`, known: false });
    expect(limit.wait(root(''))).toBe(60_000);
  });

  it('limits nothing where the limit is 0', () => {
    const none = new LoginLimit(0, () => time);
    for (let n = 0; n < 100; n += 1) expect(none.failed(root('a'))).toBe(false);
    expect(none.wait(root('a'))).toBe(0);
  });
});
