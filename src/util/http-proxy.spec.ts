import { parseProxy, proxyFor } from './http-proxy';

const proxies = { http: 'http://p1:3128', https: 'p2:8080' };
const proxyOf = (url: string, none = ''): string | undefined =>
  proxyFor(new URL(url), { ...proxies, none })?.href;

describe('the proxy of a URL', () => {
  it('is that of its scheme', () => {
    expect(proxyOf('http://hooks.example/x')).toBe('http://p1:3128/');
    expect(proxyOf('https://hooks.example/x')).toBe('http://p2:8080/');
    expect(proxyFor(new URL('https://hooks.example'), { http: 'http://p1' })).toBeUndefined();
  });

  it.each(['http://localhost:8', 'http://a.localhost', 'http://127.1.2.3/', 'http://[::1]:80/'])(
    'is none for this machine: %s',
    (url) => expect(proxyOf(url)).toBeUndefined(),
  );

  it.each([
    ['http://hooks.example/', 'hooks.example'],
    ['http://a.hooks.example/', 'other, hooks.example'],
    ['http://a.hooks.example/', '.hooks.example'],
    ['http://a.hooks.example/', '*.Hooks.Example'],
    ['http://hooks.example/', '*'],
    ['http://hooks.example:8080/', 'hooks.example:8080'],
    ['https://hooks.example/', 'hooks.example:443'],
    ['http://10.1.2.3/', '10.0.0.0/8'],
    ['http://10.1.2.3/', '10.1.2.3'],
    ['http://[2001:db8::1]/', '2001:db8::1'],
    ['http://[2001:db8::1]/', '2001:db8::/32'],
    ['http://[2001:db8::1]:81/', '[2001:db8::1]:81'],
  ])('is none for %s where NO_PROXY is %j', (url, none) => expect(proxyOf(url, none)).toBeUndefined());

  it.each([
    ['http://hooks.example/', 'ooks.example'],
    ['http://hooks.example/', 'a.hooks.example'],
    ['http://hooks.example/', 'hooks.example:8080'],
    ['http://11.1.2.3/', '10.0.0.0/8'],
    ['http://10.1.2.3/', '10.0.0.0/99'],
    ['http://10.1.2.3/', '2.3'],
    ['http://hooks.example/', ' , '],
  ])('is used for %s where NO_PROXY is %j', (url, none) =>
    expect(proxyOf(url, none)).toBe('http://p1:3128/'),
  );

  it.each(['socks5://a:1080', 'http://', 'a b', ''])('cannot be %j', (text) =>
    expect(parseProxy(text)).toBeUndefined(),
  );
});
