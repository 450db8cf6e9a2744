import fc from 'fast-check';
import { MAX_HEADER_LENGTH, parseBasicHeader } from './basic-header';

const base64 = (text: string | Buffer): string => Buffer.from(text).toString('base64');

describe('parseBasicHeader', () => {
  const root = { name: 'root', password: 'root' };

  it.each<[string, string, { name: string; password: string }]>([
    ['the scheme Basic', `Basic ${base64('root:root')}`, root],
    ['the scheme in lower case', `basic ${base64('root:root')}`, root],
    ['the scheme in upper case', `BASIC ${base64('root:root')}`, root],
    ['several spaces', `Basic   ${base64('root:root')}`, root],
    ['a password with colons', `Basic ${base64('root:a:b::c')}`, { name: 'root', password: 'a:b::c' }],
    ['an empty name', `Basic ${base64(':root')}`, { name: '', password: 'root' }],
    ['an empty password', `Basic ${base64('root:')}`, { name: 'root', password: '' }],
    ['a lone colon', `Basic ${base64(':')}`, { name: '', password: '' }],
    [
      'the example of RFC 7617',
      'Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==',
      { name: 'Aladdin', password: 'open sesame' },
    ],
    ['the UTF-8 example of RFC 7617', 'Basic dGVzdDoxMjPCow==', { name: 'test', password: '123£' }],
    ['UTF-8', `Basic ${base64('rené:é€😀')}`, { name: 'rené', password: 'é€😀' }],
    ['the characters + and /', 'Basic Pjo+Pz8/', { name: '>', password: '>???' }],
    [
      'a byte order mark, as part of the name',
      `Basic ${base64('\uFEFFroot:x')}`,
      { name: '\uFEFFroot', password: 'x' },
    ],
  ])('reads %s', (_what, header, expected) => {
    expect(parseBasicHeader(header)).toEqual(expected);
  });

  it.each<[string, string | undefined]>([
    ['no header', undefined],
    ['an empty header', ''],
    ['the scheme alone', 'Basic'],
    ['the scheme and a space', 'Basic '],
    ['a scheme that is nearly Basic', `Basi ${base64('root:root')}`],
    ['Bearer', `Bearer ${base64('root:root')}`],
    ['no space', `Basic${base64('root:root')}`],
    ['a tab', `Basic\t${base64('root:root')}`],
    ['a tab after a space', `Basic \t${base64('root:root')}`],
    ['a space before the scheme', ` Basic ${base64('root:root')}`],
    ['no colon', `Basic ${base64('root')}`],
    ['bytes that are not UTF-8', `Basic ${base64(Buffer.from([0x72, 0x3a, 0xe9]))}`],
    ['an overlong UTF-8 colon', `Basic ${base64(Buffer.from([0x72, 0xc0, 0xba, 0x72]))}`],
    ['text that is not base64', 'Basic root:root'],
    ['base64 with a foreign character inside', 'Basic cm9v*dDpyb290'],
    ['base64 of the URL alphabet', 'Basic Pjo-Pz8_'],
    ['base64 without its padding', 'Basic cm9vdDpyb28'],
    ['base64 with too much padding', 'Basic cm9vdDpyb290='],
    ['base64 with stray bits at the end', 'Basic cm9vdDpyb29='],
    ['something after the base64', `Basic ${base64('root:root')} x`],
    ['a space at the end', `Basic ${base64('root:root')} `],
    ['a line break at the end', `Basic ${base64('root:root')}\n`],
    ['a second set of credentials', `Basic ${base64('root:root')}, Basic ${base64('root:root')}`],
    ['a line break in the name', `Basic ${base64('ro\not:root')}`],
    ['a tab in the password', `Basic ${base64('root:ro\tot')}`],
    ['a NUL at the end', `Basic ${base64('root:root\0')}`],
    ['a DEL', `Basic ${base64('root:root\x7f')}`],
    ['a control character beyond ASCII', `Basic ${base64('root:root\x85')}`],
    ['a parameter', `Basic ${base64('root:root')};charset=utf-8`],
  ])('refuses %s', (_what, header) => {
    expect(parseBasicHeader(header)).toBeNull();
  });

  it('reads a header of the greatest length and refuses a longer one', () => {
    const headerOf = (length: number): string => `Basic ${base64('root:'.padEnd(length, 'x'))}`;
    const bytes = Math.floor((MAX_HEADER_LENGTH - 'Basic '.length) / 4) * 3;
    expect(parseBasicHeader(headerOf(bytes))?.password).toHaveLength(bytes - 'root:'.length);
    expect(parseBasicHeader(headerOf(bytes + 1))).toBeNull();
    expect(parseBasicHeader(`Basic${' '.repeat(1_000_000)}x`)).toBeNull();
  });

  it('gives back every name without a colon and every password', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 60 });
    const name = text.filter((value) => !value.includes(':'));
    fc.assert(
      fc.property(name, text, (name, password) => {
        expect(parseBasicHeader(`Basic ${base64(`${name}:${password}`)}`)).toEqual({ name, password });
      }),
    );
  });

  it('never throws, whatever the header', () => {
    const token = fc.oneof(fc.string({ unit: 'binary' }), fc.base64String());
    fc.assert(
      fc.property(token, (rest) => {
        const read = parseBasicHeader(`Basic ${rest}`);
        expect(read === null || base64(`${read.name}:${read.password}`) === rest.trimStart()).toBe(true);
      }),
    );
  });
});
