import { regularExpression } from '../src/query/regular-expressions';

describe('a regular expression', () => {
  it.each<[string, string, string[], string[]]>([
    ['a$', '', ['a', 'a\n'], ['a\n\n', 'a\r', 'ab']],
    ['a$', 'm', ['a', 'a\n', 'a\nb'], ['a\rb', 'a\u2028b']],
    ['^b', 'm', ['b', 'a\nb'], ['a\rb', 'ab']],
    ['^$', 'm', ['', 'a\n\nb'], ['a', 'a\n']],
    ['^', '', ['', 'a'], []],
    ['^.$', '', ['a', '😀', '\r', '\u2028'], ['', '\n', 'ab']],
    ['^.$', 's', ['\n', '😀'], ['ab']],
    ['^\\S$', '', ['\u00a0', 'a', '😀'], [' ', '\n', '\v']],
    ['^[\\S]$', '', ['\u00a0', 'a', '😀'], [' ', '\n', '\v']],
    ['^[^\\s]$', '', ['\u00a0', 'a'], [' ', '\n', '\v']],
    ['^[a\\s-]$', '', [' ', '-', 'a'], ['b', '\u00a0']],
    ['^[\\]a-c[^]$', '', [']', 'b', '[', '^'], ['d', '\\']],
    ['^[]a]$', '', [']', 'a'], ['b']],
    ['^[^]a]$', '', ['b'], [']', 'a']],
    ['^[\\b]$', '', ['\b'], ['b']],
    ['a\\-b\\_c\\/d\\"\\ \\.', '', ['a-b_c/d" .'], ['a-b_c/d" x']],
    ['^[\\-\\/.]$', '', ['-', '/', '.'], ['a']],
    ['{"a": [1]}', '', ['{"a": 1}'], ['{"a": [1]}']],
    ['^a{2}b{1,}c{0,1}$', '', ['aabc', 'aabb'], ['abc']],
    ['a{', '', ['a{'], ['a']],
    ['(a|b)(?:c)(?=d)(?!e)(?<=c)(?<!x)(?<name>d)', '', ['acd', 'bcd'], ['ac']],
    ['\\x41', '', ['A'], ['x41']],
    ['^é$', 'i', ['É', 'é'], ['e']],
    ['^\\d\\D\\w\\W$', '', ['1ab-'], ['1ab٣x']],
    [
      '[aA]\\-[bB]\\.[cC]\\/[dD]\\[[eE]\\]\\{(?:ß|SS)\\|[éÉ]😀 \\}',
      '',
      ['xA-B.C/D[E]{SS|É😀 }x', 'a-b.c/d[e]{ß|é😀 }'],
      ['a-bxc/d[e]{ß|é😀 }'],
    ],
  ])('%s with the options "%s" finds what PCRE finds', (pattern, options, found, others) => {
    const regex = regularExpression(pattern, options);
    for (const text of found) expect([text, regex.test(text)]).toEqual([text, true]);
    for (const text of others) expect([text, regex.test(text)]).toEqual([text, false]);
  });

  it.each(
    (
      '\\Aa a\\z a\\Z [[:digit:]] [[:^alpha:]] [[.a.]] [[=a=]] \\x{41} \\p{L} \\P{L} \\Q.\\E \\h \\H \\v \\R \\X \\K \\N \\G \\e ' +
      '\\a \\cA \\u0041 \\U \\0 \\012 \\1 (a)\\1 (?<n>a)\\k<n> \\g1 a++ a*+ a?+ a{1}+ $* (?i)a (?>a) (?|a) (?#c) (?P<n>a) (?R) ' +
      '(*UTF8)a a{,3} [\\d-x] [a-\\s] [\\x01-\\s] [z-a] [a (a a) \\ * (?<n'
    ).split(' '),
  )('%s is refused', (pattern) => {
    expect(() => regularExpression(pattern, '')).toThrow('Regular expression is invalid or not supported');
  });

  it('with other options is refused', () => {
    for (const options of ['x', 'ix', 'g']) expect(() => regularExpression('a', options)).toThrow(options);
  });
});
