import http from 'node:http';
import https from 'node:https';
import { BlockList, isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import tls from 'node:tls';
import { basicAuthorizationIn } from './basic-authorization';

/** How long a proxy has to open a tunnel, in milliseconds. */
const TUNNEL_LIMIT_MS = 10_000;

/** Proxies as the environment names them (`HTTP_PROXY`, `HTTPS_PROXY`, `NO_PROXY`). */
export interface Proxies {
  /** For `http:` URLs. */
  readonly http?: string;
  /** For `https:` URLs. */
  readonly https?: string;
  /** Hosts that are called without one; see {@link proxyFor}. */
  readonly none?: string;
}

/**
 * @returns the proxy by which a URL is called; undefined where there is none for it. None is used for this machine itself, and
 * for what `none` names, with commas or spaces between: a host with all that is below it, an address, a network (10.0.0.0/8),
 * each also with a port, or `*` for all
 */
export function proxyFor(url: URL, proxies: Proxies): URL | undefined {
  const proxy = url.protocol === 'https:' ? proxies.https : proxies.http;
  if (!proxy || isLocal(url) || entriesOf(proxies.none).some((entry) => matches(entry, url)))
    return undefined;
  return parseProxy(proxy);
}

/** @returns undefined where it is no address of a proxy that speaks HTTP; without a scheme, `http:` is meant */
export function parseProxy(text: string): URL | undefined {
  const whole = text.includes('://') ? text : `http://${text}`;
  if (!URL.canParse(whole)) return undefined;
  const url = new URL(whole);
  return /^https?:$/.test(url.protocol) && url.hostname !== '' ? url : undefined;
}

/** The header that carries a proxy's user and password, where it has them. */
export function proxyAuthorization(proxy: URL): Record<string, string> {
  const authorization = basicAuthorizationIn(proxy);
  return authorization === undefined ? {} : { 'Proxy-Authorization': authorization };
}

const hostOf = ({ hostname }: URL): string => hostname.replace(/^\[|\]$/g, '').toLowerCase();

function isLocal(url: URL): boolean {
  const host = hostOf(url);
  return (
    host === 'localhost' || host.endsWith('.localhost') || isWithin(host, '127.0.0.0/8') || host === '::1'
  );
}

const entriesOf = (none = ''): string[] =>
  none
    .toLowerCase()
    .split(/[\s,]+/)
    .filter(Boolean);

function matches(entry: string, url: URL): boolean {
  if (entry === '*') return true;
  const [, host = '', port] = /^(.*?\]?)(?::(\d+))?$/.exec(isIP(entry) === 6 ? `[${entry}]` : entry) ?? [];
  if (port !== undefined && port !== (url.port || (url.protocol === 'https:' ? '443' : '80'))) return false;
  const bare = host.replace(/^\[|\]$/g, '').replace(/^\*?\./, '');
  const wanted = hostOf(url);
  if (bare.includes('/')) return isWithin(wanted, bare);
  return wanted === bare || (isIP(wanted) === 0 && wanted.endsWith(`.${bare}`));
}

function isWithin(address: string, network: string): boolean {
  const [base = '', bits] = network.split('/');
  const version = isIP(base);
  if (version === 0 || version !== isIP(address)) return false;
  const type = version === 6 ? 'ipv6' : 'ipv4';
  const prefix = Number(bits);
  if (!Number.isInteger(prefix) || prefix < 0 || prefix > (version === 6 ? 128 : 32)) return false;
  const list = new BlockList();
  list.addSubnet(base, prefix, type);
  return list.check(address, type);
}

/** Makes each connection through a tunnel that a proxy opens (RFC 9110, CONNECT), encrypted from end to end. */
export class TunnelAgent extends https.Agent {
  constructor(private readonly proxy: URL) {
    super({ keepAlive: true });
  }

  override createConnection(
    options: tls.ConnectionOptions,
    callback?: (error: Error | null, stream: Duplex) => void,
  ): undefined {
    const done = callback as (error: Error | null, stream?: Duplex) => void;
    tunnel(this.proxy, `${options.host ?? ''}:${options.port ?? 443}`).then(
      (socket) => done(null, tls.connect({ ...options, socket })),
      (error: unknown) => done(error as Error),
    );
  }
}

/** @throws Error with a `code`, `PROXY_407` where the proxy answers 407 */
function tunnel(proxy: URL, authority: string): Promise<tls.ConnectionOptions['socket']> {
  const { request } = proxy.protocol === 'https:' ? https : http;
  return new Promise((resolve, reject) => {
    request(proxy.origin, {
      ...{ method: 'CONNECT', path: authority, agent: false },
      headers: { Host: authority, ...proxyAuthorization(proxy) },
      signal: AbortSignal.timeout(TUNNEL_LIMIT_MS),
    })
      .on('connect', ({ statusCode = 0 }, socket) => {
        if (statusCode >= 200 && statusCode < 300) return resolve(socket);
        socket.destroy();
        reject(Object.assign(new Error('the proxy refused'), { code: `PROXY_${statusCode}` }));
      })
      .on('error', reject)
      .end();
  });
}
