import { isIPv6 } from 'node:net';
import { bareAddress } from '../util/bare-address';

/**
 * The network that counts as one client: an IPv4 address itself (also when written as an IPv6 one), the /64 of an
 * IPv6 address, since one subscriber has at least that many. A port behind it does not count. Anything else comes back as it is.
 */
export function clientNetwork(given: string): string {
  const address = bareAddress(given) ?? given;
  const mapped = /^::ffff:(?:([\d.]+)|([\da-f]{1,4}):([\da-f]{1,4}))$/i.exec(address);
  if (mapped) {
    const [, dotted, high = '', low = ''] = mapped;
    return dotted ?? dottedOf(parseInt(high, 16), parseInt(low, 16));
  }
  // Nearly all are IPv4, and what knows an IPv6 one is compiled at its first use.
  if (!address.includes(':') || !isIPv6(address)) {
    return address;
  }
  const [head = '', tail] = address.toLowerCase().split('::');
  const first = groupsOf(head);
  if (tail === undefined) {
    return first.slice(0, 4).join(':');
  }
  const last = groupsOf(tail);
  const zeros = Array.from({ length: Math.max(0, 8 - first.length - last.length) }, () => '0');
  return [...first, ...zeros, ...last].slice(0, 4).join(':');
}

function groupsOf(text: string): string[] {
  return text === '' ? [] : text.split(':');
}

const dottedOf = (high: number, low: number): string =>
  [high >> 8, high & 0xff, low >> 8, low & 0xff].join('.');
