import { isIP } from 'node:net';

/**
 * The IP address in what proxies write of one: alone, in brackets or quotes, with a port behind it (`192.0.2.1:4711`,
 * `[2001:db8::1]:4711`, `"[2001:db8::1]"`).
 * @returns undefined where it is no address, for example `unknown`
 */
export function bareAddress(text: string): string | undefined {
  const written = text.trim().replace(/^"(.*)"$/, '$1');
  const [, bracketed, dotted] = /^(?:\[([^\]]*)\]|([\d.]+))(?::\d{1,5})?$/.exec(written) ?? [];
  const address = bracketed ?? dotted ?? written;
  return isIP(address) === 0 ? undefined : address;
}
