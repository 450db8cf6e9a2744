import { cleanForwardedFor } from './forwarded-for';

describe('X-Forwarded-For', () => {
  it.each<[string | undefined, string | undefined]>([
    [undefined, undefined],
    ['', undefined],
    ['192.0.2.1', '192.0.2.1'],
    ['192.0.2.1:4711, [2001:db8::1]:4712', '192.0.2.1, 2001:db8::1'],
    ['192.0.2.1,198.51.100.2:80', '192.0.2.1, 198.51.100.2'],
    ['unknown', undefined],
    ['192.0.2.1, unknown', undefined],
    ['192.0.2.1, unknown, 198.51.100.2', '198.51.100.2'],
    ['192.0.2.1, , 198.51.100.2', '198.51.100.2'],
    ['<script>, 198.51.100.2', '198.51.100.2'],
  ])('of %j becomes %j', (header, expected) => {
    const headers = { 'x-forwarded-for': header };
    cleanForwardedFor(headers);
    expect(headers['x-forwarded-for']).toBe(expected);
  });
});
