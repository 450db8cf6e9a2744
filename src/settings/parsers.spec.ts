import { credentials, oneOf, userList } from './parsers';

describe('userList', () => {
  it.each([
    ['an entry without a colon', 'a:b,c', 'entry 2 has no colon (a password cannot hold a comma)'],
    ['a comma at the end', 'a:b,', 'entry 2 has no colon (a password cannot hold a comma)'],
    ['an empty name', ':b', 'entry 1 has no name'],
    ['an empty password', 'a:b,c:', 'entry 2 has no password'],
    ['a space before a name', 'a:b, c:d', 'entry 2 has a space before or after its name'],
    ['a space after a name', 'a :b', 'entry 1 has a space before or after its name'],
    ['a name given twice', 'a:b,c:d,a:e', 'entry 3 has a name that an earlier entry has'],
    ['a control character', 'a:b\n', 'entry 1 has a control character'],
  ])('refuses %s', (_, text, problem) => {
    expect(() => userList(text)).toThrow(`name:password pairs with commas between; ${problem}`);
  });
});

describe('credentials', () => {
  it.each(['', 'a', 'a:', ':b', ' a:b', 'a :b', 'a:b\n', '\u0000:b'])('refuses %j', (text) => {
    expect(() => credentials(text)).toThrow('name:password, neither of them empty');
  });
});

describe('oneOf', () => {
  it.each(['', 'A', 'a ', 'toString', 'a,b'])('refuses %j, which is not one of its words', (text) => {
    expect(() => oneOf(['a', 'b'])(text)).toThrow('one of a, b');
  });
});
