import { isIP } from 'node:net';
import { intervalSeconds } from '../domain/interval';
import type { Tolerance } from '../domain/tolerance';
import { LEAST_SECRET_CHARACTERS } from '../util/secret';
import { InvalidValue } from './setting-definition';

const HOST_NAME = /^(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*$/i;
const MONGODB_URI = /^mongodb(\+srv)?:\/\/[^\s/?]+([/?]\S*)?$/;
/** What must be encoded in a user, a password or a path, and how: else what follows would be taken for a host, and be shown. */
const ENCODED = 'percent-encoded (@ as %40, / as %2F, # as %23, ? as %3F, % as %25)';

/** Takes any text as it is, for example a path. */
export function anyText(text: string): string {
  return text;
}

/** A key that nobody guesses. */
export function secretText(text: string): string {
  if (text.length < LEAST_SECRET_CHARACTERS)
    throw new InvalidValue(`at least ${LEAST_SECRET_CHARACTERS} characters`);
  return text;
}

/** An IPv4 or IPv6 address (without brackets) or a host name. */
export function hostOrAddress(text: string): string {
  if (isIP(text) === 0 && !HOST_NAME.test(text)) {
    throw new InvalidValue('an IP address (IPv6 without brackets) or a host name');
  }
  return text;
}

/** IP addresses and networks in CIDR notation, with commas between; spaces around them are fine. */
export function addressList(text: string): readonly string[] {
  return text.split(',').map((entry, index) => {
    const [, address = '', bits] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(entry.trim()) ?? [];
    const version = isIP(address);
    const most = version === 4 ? 32 : 128;
    const length = Number(bits ?? most);
    // A zone is of one machine, and nothing that a network can be compared with.
    if (version === 0 || address.includes('%') || length > most) {
      throw new InvalidValue(
        `IP addresses or networks like 10.0.0.0/8 with commas between; entry ${index + 1} is neither`,
      );
    }
    // Neither framework takes it, and whoever trusts everybody lets every client choose its address.
    if (length === 0) {
      throw new InvalidValue(
        `proxies that you know, with a prefix of at least 1 bit; entry ${index + 1} is every address there is`,
      );
    }
    return entry.trim();
  });
}

/** A parser that takes a whole number in plain digits, from `lowest` to `highest`. */
export function wholeNumber(lowest: number, highest: number): (text: string) => number {
  return (text) => {
    const number = Number(text);
    if (!/^[0-9]+$/.test(text) || number < lowest || number > highest) {
      throw new InvalidValue(`a whole number from ${lowest} to ${highest}`);
    }
    return number;
  };
}

/** A time in the form of a heartbeat's `expected_interval`, for example `5m`, as milliseconds. */
export function milliseconds(text: string): number {
  const seconds = intervalSeconds(text);
  if (seconds === undefined)
    throw new InvalidValue('a number with s, m or h behind it, from 1s to ten years');
  return seconds * 1_000;
}

/** A parser that takes such a time up to a longest one. */
export function millisecondsUpTo(longest: string): (text: string) => number {
  return (text) => {
    const time = milliseconds(text);
    if (time > milliseconds(longest)) throw new InvalidValue(`a time from 1s to ${longest}`);
    return time;
  };
}

/** Headers that the product, or HTTP itself, sets. */
const OWN_HEADERS =
  /^(content-(type|length|encoding)|host|connection|keep-alive|te|trailer|transfer-encoding|upgrade|expect|x-heartbeat-.*)$/i;

/** Headers as `name=value` with commas between, the values percent-encoded. Problems name an entry by its number alone. */
export function headerList(text: string): Readonly<Record<string, string>> {
  const headers = text.split(',').map((entry, index): [string, string] => {
    const equals = entry.indexOf('=');
    const name = entry.slice(0, Math.max(equals, 0)).trim();
    const encoded = entry.slice(equals + 1).trim();
    const problem = (what: string): InvalidValue =>
      new InvalidValue(`name=value pairs with commas between; entry ${index + 1} ${what}`);
    if (!/^[!#$%&'*+.^_`|~0-9a-z-]+$/i.test(name)) throw problem('has no name of a header');
    if (OWN_HEADERS.test(name)) throw problem('is a header that is set already');
    if (!isDecodable(encoded)) throw problem('is not percent-encoded');
    const value = decodeURIComponent(encoded);
    if (!/^[\t\x20-\x7e\x80-\xff]*$/.test(value)) throw problem('has a character that no header can hold');
    return [name, value];
  });
  return Object.fromEntries(headers);
}

const TOKEN = /[!#$%&'*+.^_`|~0-9a-z-]+/.source;
const MEDIA_TYPE = new RegExp(`^${TOKEN}/${TOKEN}( *; *${TOKEN}=${TOKEN})*$`, 'i');

/** A media type (RFC 9110, section 8.3.1), with or without parameters. */
export function mediaType(text: string): string {
  if (!MEDIA_TYPE.test(text))
    throw new InvalidValue('a media type such as application/json or text/plain; charset=utf-8');
  return text;
}

/** Ten times the interval, in percent: more is a typing error. */
const MOST_PERCENT = 1_000;

/** What is added to an interval: a time, a percentage of the interval, or 0. */
export function tolerance(text: string): Tolerance {
  if (/^0[smh%]?$/.test(text)) return { ms: 0 };
  const [, percent] = /^([0-9]+(?:\.[0-9]+)?)%$/.exec(text) ?? [];
  if (percent !== undefined && Number(percent) <= MOST_PERCENT) return { percent: Number(percent) };
  const seconds = intervalSeconds(text);
  if (seconds !== undefined) return { ms: seconds * 1_000 };
  throw new InvalidValue(
    `0, a time such as 30s, 5m or 1h, or a percentage such as 10%, at most ${MOST_PERCENT}%`,
  );
}

/** A name of an exchange or a queue. Those that begin with `amq.` are the broker's own. */
export function amqpName(text: string): string {
  if (Buffer.byteLength(text) > 255 || text.startsWith('amq.') || /\p{Cc}/u.test(text)) {
    throw new InvalidValue(
      'a name of at most 255 bytes, without control characters, that does not begin with amq.',
    );
  }
  return text;
}

/** An address of a message broker, with its virtual host as the path: `amqp://USER:PASSWORD@HOST/VHOST`. */
export function amqpUrl(text: string): string {
  if (!isUrl(text, ['amqp:', 'amqps:']) || hasStrayAt(text)) {
    throw new InvalidValue(`amqp://HOST… or amqps://HOST…, user, password and virtual host ${ENCODED}`);
  }
  return text;
}

/** An address that can be called over HTTP. A user and a password in it must be percent-encoded. */
export function httpUrl(text: string): string {
  if (!isUrl(text, ['http:', 'https:'])) {
    throw new InvalidValue(`http://HOST… or https://HOST…, user and password ${ENCODED}`);
  }
  return text;
}

/** The address of an Alertmanager itself. */
export function alertmanagerUrl(text: string): string {
  const url = new URL(httpUrl(text));
  if (url.search !== '' || /\/api\/v[12](\/alerts)?\/*$/.test(url.pathname)) {
    throw new InvalidValue('the address of Alertmanager itself, without /api/v2/alerts and without ?');
  }
  return text;
}

function isUrl(text: string, protocols: readonly string[]): boolean {
  // Without this, white space at the ends and missing slashes would be mended silently.
  if (!/^[a-z]+:\/\/\S+$/.test(text) || !URL.canParse(text) || isCutWrongly(text)) return false;
  const { protocol, hostname, username, password, pathname } = new URL(text);
  return protocols.includes(protocol) && hostname !== '' && isDecodable(username + password + pathname);
}

/** Whether a `#` or a second `@` makes a part of the password the host, or the end of the URL. */
function isCutWrongly(text: string): boolean {
  const [, authority = ''] = /:\/\/([^/?#]*)/.exec(text) ?? [];
  return text.includes('#') || authority.split('@').length > 2;
}

/** Whether there is an `@` behind the host: then the host was a piece of a password with a `/` or `?` in it. */
function hasStrayAt(text: string): boolean {
  return /:\/\/[^/?]*[/?].*@/.test(text);
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

/**
 * A MongoDB connection string. Only its scheme and the presence of a host are looked at: the driver knows the
 * rest, and says so when it connects.
 */
export function mongodbUri(text: string): string {
  const [, authority = ''] = /:\/\/([^/?]*)/.exec(text) ?? [];
  if (!MONGODB_URI.test(text) || isCutWrongly(text) || hasStrayAt(text) || !isDecodable(authority)) {
    throw new InvalidValue(`mongodb://HOST… or mongodb+srv://HOST…, user and password ${ENCODED}`);
  }
  return text;
}

/** A parser that takes exactly the given words. */
export function oneOf<const T extends string>(words: readonly T[]): (text: string) => T {
  return (text) => {
    const word = words.find((candidate) => candidate === text);
    if (word === undefined) throw new InvalidValue(`one of ${words.join(', ')}`);
    return word;
  };
}

/**
 * `name:password,…` as a map from name to password. Each entry is split at its first colon, so a password may
 * hold colons; entries are split at commas, so it cannot hold a comma. RFC 7617 allows no control character in
 * either. Problems name the entry by its number, never by its content.
 */
export function userList(text: string): ReadonlyMap<string, string> {
  const users = new Map<string, string>();
  text.split(',').forEach((entry, index) => {
    const { name, password } = userEntry(entry, index + 1);
    if (users.has(name)) throw invalidEntry(index + 1, 'has a name that an earlier entry has');
    users.set(name, password);
  });
  return users;
}

/** One `name:password`, split at its first colon; RFC 7617 allows no control character in either. */
export function credentials(text: string): { name: string; password: string } {
  const colon = text.indexOf(':');
  const name = text.slice(0, Math.max(colon, 0));
  const password = text.slice(colon + 1);
  if (name === '' || name !== name.trim() || password === '' || /\p{Cc}/u.test(text)) {
    throw new InvalidValue(
      'name:password, neither of them empty, without control characters or spaces around the name',
    );
  }
  return { name, password };
}

function userEntry(entry: string, number: number): { name: string; password: string } {
  const colon = entry.indexOf(':');
  if (colon < 0) throw invalidEntry(number, 'has no colon (a password cannot hold a comma)');
  const name = entry.slice(0, colon);
  const password = entry.slice(colon + 1);
  if (name === '') throw invalidEntry(number, 'has no name');
  if (name !== name.trim()) throw invalidEntry(number, 'has a space before or after its name');
  if (password === '') throw invalidEntry(number, 'has no password');
  if (/\p{Cc}/u.test(entry)) throw invalidEntry(number, 'has a control character');
  return { name, password };
}

function invalidEntry(number: number, what: string): InvalidValue {
  return new InvalidValue(`name:password pairs with commas between; entry ${number} ${what}`);
}
