import type { IncomingHttpHeaders } from 'node:http';
import { bareAddress } from '../util/bare-address';

const FORWARDED_FOR = 'x-forwarded-for';

/**
 * Leaves bare addresses in `X-Forwarded-For`, as both frameworks compare them: some proxies write a port behind each, which is
 * another one for each connection. From the right, each proxy says who called it; what one did not write as an address hides all
 * that stands before it, so that the proxy that wrote it is the last that is known.
 * @param headers changed in place
 */
export function cleanForwardedFor(headers: IncomingHttpHeaders): void {
  const header = headers[FORWARDED_FOR];
  if (header === undefined) return;
  const known: string[] = [];
  for (const entry of String(header).split(',').reverse()) {
    const address = bareAddress(entry);
    if (address === undefined) break;
    known.unshift(address);
  }
  if (known.length > 0) headers[FORWARDED_FOR] = known.join(', ');
  else delete headers[FORWARDED_FOR];
}
