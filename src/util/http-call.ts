import http from 'node:http';
import https from 'node:https';
import { text } from 'node:stream/consumers';
import { urlToHttpOptions } from 'node:url';
import { proxyAuthorization, TunnelAgent } from './http-proxy';
import { TimeoutError } from './timeout';

/** How much of an answer's body is read, so that the connection can be used again; a longer body closes it. */
const READ_BYTES = 64 * 1024;

/** A call over HTTP of which the answer's head is wanted alone. */
export interface HttpCall {
  readonly method: 'HEAD' | 'POST';
  readonly headers?: http.OutgoingHttpHeaders;
  readonly body?: Buffer;
  /** How long it may take, the answer's body included, in milliseconds. */
  readonly limitMs: number;
  /** The proxy to call by; a user and a password in it are sent as Basic credentials. */
  readonly proxy?: URL;
}

/** The head of an answer. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
}

/**
 * Calls a URL. Not by `fetch`, which calls no port that it takes for another protocol's.
 * @returns the head of the answer; redirects are not followed
 * @throws TimeoutError where there is no answer in time; Error with a `code` where it cannot be called
 */
export function httpCall(url: URL, call: HttpCall): Promise<HttpAnswer> {
  const { method, headers, body, limitMs, proxy } = call;
  const length = body && { 'Content-Length': body.length };
  const { request, options } = way(url, proxy);
  return inTime(limitMs, (signal, resolve, reject) => {
    let answer: HttpAnswer | undefined;
    const all = { ...headers, ...options.headers, ...length };
    request({ ...options, method, headers: all, signal }, (response) => {
      const answered = (answer = headOf(response));
      discardBody(response, () => resolve(answered));
    })
      .on('error', (error) => (answer === undefined ? reject(error) : resolve(answer)))
      .end(body);
  });
}

/** A call over HTTP of which the whole answer is wanted. */
export interface HttpTextCall {
  readonly method: string;
  readonly headers?: http.OutgoingHttpHeaders;
  readonly body?: string;
  /** How long it may take, in milliseconds. */
  readonly limitMs: number;
}

/**
 * Calls a URL, past any proxy; redirects are not followed.
 * @returns the whole answer
 * @throws as {@link httpCall}, also where the answer is cut short
 */
export function httpText(url: URL, call: HttpTextCall): Promise<HttpAnswer & { readonly text: string }> {
  const { method, headers, body, limitMs } = call;
  const { request, options } = way(url, undefined);
  return inTime(limitMs, (signal, resolve, reject) => {
    request({ ...options, method, headers, signal }, (response) => {
      text(response).then((whole) => resolve({ ...headOf(response), text: whole }), reject);
    })
      .on('error', reject)
      .end(body);
  });
}

const headOf = ({ statusCode: status = 0, headers }: http.IncomingMessage): HttpAnswer => ({
  status,
  headers,
});

/** @throws TimeoutError where the work is not done in time, upon which its signal aborts it */
async function inTime<T>(
  limitMs: number,
  work: (signal: AbortSignal, resolve: (done: T) => void, reject: (error: unknown) => void) => void,
): Promise<T> {
  const signal = AbortSignal.timeout(limitMs);
  try {
    return await new Promise<T>((resolve, reject) => work(signal, resolve, reject));
  } catch (error) {
    throw signal.aborted ? new TimeoutError(`no answer within ${limitMs} ms`) : error;
  }
}

type Request = typeof http.request;

/** How a URL is called: itself, or by asking a proxy for it, which sees nothing of what goes through a tunnel. */
function way(url: URL, proxy: URL | undefined): { request: Request; options: http.RequestOptions } {
  const request = url.protocol === 'https:' ? https.request : http.request;
  if (proxy === undefined) return { request, options: urlToHttpOptions(url) };
  if (url.protocol === 'https:')
    return { request, options: { ...urlToHttpOptions(url), agent: tunnelAgent(proxy) } };
  return {
    request: proxy.protocol === 'https:' ? https.request : http.request,
    options: {
      ...urlToHttpOptions(new URL(proxy.origin)),
      path: url.href,
      headers: { Host: url.host, ...proxyAuthorization(proxy) },
    },
  };
}

/** One for each proxy, so that connections are used again. */
const tunnelAgents = new Map<string, TunnelAgent>();

function tunnelAgent(proxy: URL): TunnelAgent {
  const agent = tunnelAgents.get(proxy.href) ?? new TunnelAgent(proxy);
  tunnelAgents.set(proxy.href, agent);
  return agent;
}

/** The status alone counts: whatever goes wrong with the body afterwards does not matter. @param done called at its end */
function discardBody(response: http.IncomingMessage, done: () => void): void {
  let read = 0;
  response
    .on('data', (chunk: Buffer) => {
      read += chunk.length;
      if (read > READ_BYTES) response.destroy();
    })
    // An answer that is cut short or never ends.
    .on('error', () => undefined)
    .on('close', done);
}
