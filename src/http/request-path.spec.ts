import { requestPath } from './request-path';

describe('requestPath', () => {
  it.each([
    ['/', '/'],
    ['/a/b', '/a/b'],
    ['/a?b/c?d', '/a'],
    ['/a/?b', '/a/'],
    ['?a', '/'],
    ['*', '*'],
    ['//a/b', '//a/b'],
    ['http://host/a/b?c', '/a/b'],
    ['HTTPS://user@host:81/a', '/a'],
    ['http://host', '/'],
    ['http://host?/a', '/'],
    ['http:///a', '/a'],
    ['/http://host/a', '/http://host/a'],
  ])('of %s is %s', (url, path) => expect(requestPath(url)).toBe(path));

  it.each(['http://host\\a#/health/live', 'http://host#/health/live', 'ftp://host/health/live'])(
    'does not take the end of %s for all of it',
    (url) => expect(requestPath(url)).not.toBe('/health/live'),
  );
});
