import { hash, randomBytes } from 'node:crypto';

/** Name of the cookie that holds a session's token. */
export const SESSION_COOKIE = 'heartbeat_session';

/** 256 bits: nobody guesses such a token, so that one fast hash protects it where it is stored. */
const TOKEN_BYTES = 32;
const TOKEN = /^[A-Za-z0-9_-]{43}$/;

/** A new random token, 43 characters of base64url. */
export const newSessionToken = (): string => randomBytes(TOKEN_BYTES).toString('base64url');

/** The SHA-256 of a token, in lower-case hex: what is kept of it. */
export const hashOfToken = (token: string): string => hash('sha256', token, 'hex');

/**
 * Reads the session's token out of a `Cookie` header (RFC 6265).
 * @returns undefined where there is none, where what there is can be none, and where there are several: a foreign page of the
 * same site could have set one of them
 */
export function sessionTokenIn(cookies: string | undefined): string | undefined {
  if (cookies === undefined || !cookies.includes(SESSION_COOKIE)) return undefined;
  const tokens = cookies.split(';').flatMap((pair) => {
    const equals = pair.indexOf('=');
    return pair.slice(0, equals).trim() === SESSION_COOKIE ? [pair.slice(equals + 1).trim()] : [];
  });
  const [token] = tokens;
  return tokens.length === 1 && token !== undefined && TOKEN.test(token) ? token : undefined;
}

/** How a cookie is set. */
export interface CookieAttributes {
  /** Whether the client came by TLS: the browser then never sends the cookie without. */
  readonly secure: boolean;
}

/** The `Set-Cookie` header that begins a session. It lives as long as the browser is open; the server ends it by time. */
export const sessionCookie = (token: string, { secure }: CookieAttributes): string =>
  `${SESSION_COOKIE}=${token}; Path=/; HttpOnly; SameSite=Strict${secure ? '; Secure' : ''}`;

/** The `Set-Cookie` header that makes a browser forget its session. */
export const expiredCookie = (attributes: CookieAttributes): string =>
  `${sessionCookie('', attributes)}; Max-Age=0`;
