import type { IncomingHttpHeaders } from 'node:http';
import { AUTHENTICATION_KEY_HEADER } from '../authentication-key';
import { sessionTokenIn } from './session-cookie';

/** What a request says of where it comes from; Fastify's and Express's have it alike. */
export interface OriginatingRequest {
  readonly method?: string;
  readonly headers: IncomingHttpHeaders;
  /** The host that the client asked, as the framework knows it behind the proxies that it trusts. */
  readonly host?: string;
}

/**
 * Whether a request may do something in the name of a session. A browser sends the cookie by itself, so that the page of
 * somebody else could use it; but it also says whose page it was, in `Origin`, and no page can change that. It is asked only
 * where the cookie is the proof, and something may be changed.
 * @param changing whether a call by GET changes something, too: no page's GET says whose it is, so that none may
 */
export function comesFromOwnPage(
  { method, headers, host }: OriginatingRequest,
  { changing = false } = {},
): boolean {
  if (!changing && (method === 'GET' || method === 'HEAD')) return true;
  if (headers.authorization !== undefined || headers[AUTHENTICATION_KEY_HEADER] !== undefined) return true;
  if (sessionTokenIn(headers.cookie) === undefined) return true;
  const asked = host ?? headers.host;
  return asked !== undefined && hostOf(headers.origin) === withoutDefaultPort(asked);
}

function hostOf(origin: string | undefined): string | undefined {
  try {
    const { protocol, host } = new URL(origin ?? '');
    return protocol === 'http:' || protocol === 'https:' ? withoutDefaultPort(host) : undefined;
  } catch {
    return undefined;
  }
}

/** Some proxies name it in `Host`, where browsers leave it out. */
const withoutDefaultPort = (host: string): string => host.toLowerCase().replace(/:(80|443)$/, '');
