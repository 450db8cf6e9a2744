import { isUtf8 } from 'node:buffer';

/** What a Basic Authorization header says. */
export interface BasicCredentials {
  readonly name: string;
  readonly password: string;
}

/**
 * In characters. More than any password needs; it keeps what waiting requests hold in memory small on a server
 * that allows larger headers than Node's 16 KiB.
 */
export const MAX_HEADER_LENGTH = 8192;

/** Line breaks, tabs, NUL and the like, as the settings and the users file refuse them too. */
export const CONTROL_CHARACTER = /\p{Cc}/u;

const BASIC = /^basic +([A-Za-z0-9+/]+={0,2})$/i;

/**
 * Reads an Authorization header as RFC 7617 has it: the scheme `Basic` in any case, spaces, and the base64 of
 * `name:password` in UTF-8, split at the first colon. Name and password may be empty.
 *
 * @returns null for anything else: another scheme, base64 that is not canonical, bytes that are not UTF-8,
 * no colon, a control character (RFC 7617, section 2), more than {@link MAX_HEADER_LENGTH} characters.
 */
export function parseBasicHeader(header: string | undefined): BasicCredentials | null {
  if (header === undefined || header.length > MAX_HEADER_LENGTH) {
    return null;
  }
  const token = BASIC.exec(header)?.[1];
  if (token === undefined) {
    return null;
  }
  const bytes = Buffer.from(token, 'base64');
  // Node decodes whatever it can make something of; strict base64 is what encodes back to the same text.
  if (bytes.toString('base64') !== token || !isUtf8(bytes)) {
    return null;
  }
  const text = bytes.toString('utf8');
  const colon = text.indexOf(':');
  // No such text is trusted to be one key of its own (RFC 7617 allows none).
  return colon < 0 || CONTROL_CHARACTER.test(text)
    ? null
    : { name: text.slice(0, colon), password: text.slice(colon + 1) };
}
