import { inspect } from 'node:util';
import { PlainUsers } from './plain-users';

describe('PlainUsers', () => {
  const users = new PlainUsers(
    new Map([
      ['root', 'ro:ot'],
      ['rené', 'é'],
    ]),
  );

  it.each([
    ['root', 'ro:ot', true],
    ['rené', 'é', true],
    ['root', 'ro', false],
    ['root', 'ro:ot ', false],
    ['root', '', false],
    ['root', 'é', false],
    ['Root', 'ro:ot', false],
    ['rené', 'e\u0301', false],
    ['nobody', 'ro:ot', false],
    ['__proto__', '', false],
    ['', '', false],
  ])('answers for %p with %p: %p', (name, password, expected) => {
    expect(users.validate(name, password)).toBe(expected);
  });

  it('knows its users only', () => {
    expect(['root', 'rené', 'nobody', 'constructor'].map((name) => users.knows(name))).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });

  it('keeps no password', () => {
    expect(inspect(users, { depth: 9, showHidden: true })).not.toContain('ro:ot');
  });
});
