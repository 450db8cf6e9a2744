import { isIP } from 'node:net';
import { InvalidValue } from './setting-definition';

const HOST_NAME = /^(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*$/i;
const MONGODB_URI = /^mongodb(\+srv)?:\/\/[^\s/?]+([/?]\S*)?$/;
const HIGHEST_PORT = 65_535;

/** Takes any text as it is, for example a path. */
export function anyText(text: string): string {
  return text;
}

/** An IPv4 or IPv6 address (without brackets) or a host name. */
export function hostOrAddress(text: string): string {
  if (isIP(text) === 0 && !HOST_NAME.test(text)) {
    throw new InvalidValue('an IP address (IPv6 without brackets) or a host name');
  }
  return text;
}

/** A TCP port, 0 (any free one) to 65535. */
export function portNumber(text: string): number {
  const port = Number(text);
  if (!/^[0-9]+$/.test(text) || port > HIGHEST_PORT) {
    throw new InvalidValue(`a whole number from 0 to ${HIGHEST_PORT}`);
  }
  return port;
}

/**
 * A MongoDB connection string. Only its scheme and the presence of a host are looked at: the driver knows the
 * rest, and says so when it connects.
 */
export function mongodbUri(text: string): string {
  if (!MONGODB_URI.test(text)) throw new InvalidValue('mongodb://HOST… or mongodb+srv://HOST…');
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
