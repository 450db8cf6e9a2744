import { bareAddress } from './bare-address';

describe('the address in what a proxy writes', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1'],
    [' 192.0.2.1 ', '192.0.2.1'],
    ['192.0.2.1:40001', '192.0.2.1'],
    ['2001:db8::1', '2001:db8::1'],
    ['[2001:db8::1]', '2001:db8::1'],
    ['[2001:db8::1]:40001', '2001:db8::1'],
    ['"[2001:db8::1]:40001"', '2001:db8::1'],
    ['::ffff:192.0.2.1', '::ffff:192.0.2.1'],
    ['[::ffff:192.0.2.1]:80', '::ffff:192.0.2.1'],
  ])('of %j is %s', (text, address) => expect(bareAddress(text)).toBe(address));

  it.each([
    '',
    ' ',
    'unknown',
    '_hidden',
    'proxy.example:80',
    '192.0.2',
    '192.0.2.1.5',
    '192.0.2.256',
    '192.0.2.1:',
    '192.0.2.1:x',
    '192.0.2.1:123456',
    '[192.0.2.1',
    '[unknown]:80',
    '[]',
    '2001:db8::1]:80',
    'for=192.0.2.1',
    '192.0.2.1 192.0.2.2',
  ])('is not in %j', (text) => expect(bareAddress(text)).toBeUndefined());
});
