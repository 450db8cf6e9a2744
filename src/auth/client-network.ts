import { isIPv6 } from 'node:net';

/**
 * The network that counts as one client: an IPv4 address itself (also when written as an IPv6 one), the /64 of an
 * IPv6 address, since one subscriber has at least that many. Anything else comes back as it is.
 */
export function clientNetwork(address: string): string {
  const mapped = /^::ffff:([\d.]+)$/i.exec(address);
  if (mapped) {
    return mapped[1];
  }
  if (!isIPv6(address)) {
    return address;
  }
  const [head, tail] = address.toLowerCase().split('::');
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
