import { addressList, amqpName, credentials, oneOf, tolerance, userList } from './parsers';

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

describe('addressList', () => {
  it('takes addresses and networks of both kinds', () => {
    const list = ['127.0.0.1', '10.0.0.0/8', '::1', '2001:db8::/32', '0.0.0.0/1'];
    expect(addressList(list.join(', '))).toEqual(list);
  });

  it.each(['0.0.0.0/0', '::/0', '10.0.0.1/00', '::1/000'])('refuses every address: %s', (network) => {
    expect(() => addressList(`::1,${network}`)).toThrow('entry 2 is every address there is');
  });

  it.each([
    ['a name', 'proxy.example', 1],
    ['nothing between two commas', '10.0.0.1,,::1', 2],
    ['a network of IPv4 with too many bits', '10.0.0.0/33', 1],
    ['a network of IPv6 with too many bits', '::1,2001:db8::/129', 2],
    ['a mask', '10.0.0.0/255.0.0.0', 1],
    ['a port', '10.0.0.1:80', 1],
    ['brackets', '[::1]', 1],
    ['a zone', 'fe80::1%eth0', 1],
    ['an address that is short', '10.1/8', 1],
  ])('refuses %s', (_what, text, entry) => {
    expect(() => addressList(text)).toThrow(`with commas between; entry ${entry} is neither`);
  });
});

describe('tolerance', () => {
  it.each([
    ['0', { ms: 0 }],
    ['0s', { ms: 0 }],
    ['0%', { ms: 0 }],
    ['30s', { ms: 30_000 }],
    ['2m', { ms: 120_000 }],
    ['10%', { percent: 10 }],
    ['7.5%', { percent: 7.5 }],
  ])('reads %s', (text, expected) => {
    expect(tolerance(text)).toEqual(expected);
  });

  it.each(['', '1', '-1s', '10 %', '%', '1001%', '1e1%', '1.s'])('refuses %j', (text) => {
    expect(() => tolerance(text)).toThrow('0, a time such as 30s');
  });
});

describe('amqpName', () => {
  it.each(['canopsis.events', 'Engine_heartbeat 2', 'é'])('takes %j', (text) => {
    expect(amqpName(text)).toBe(text);
  });

  it.each(['amq.topic', 'a\nb', 'x'.repeat(256), 'é'.repeat(128)])('refuses %j', (text) => {
    expect(() => amqpName(text)).toThrow('at most 255 bytes');
  });
});
