import { type OutgoingHttpHeaders, validateHeaderName, validateHeaderValue } from 'node:http';
import { basicAuthorizationIn } from '../../util/basic-authorization';
import { httpCall, type HttpAnswer } from '../../util/http-call';
import { proxyFor } from '../../util/http-proxy';
import { TimeoutError } from '../../util/timeout';
import { version } from '../../util/version';
import { AlarmRefusedError, ReceiverBusyError } from './alarm-sink';
import type { HttpReceiverOptions } from './receiver-options';

/** How long one call may take, the answer's body included, in milliseconds. */
const DEFAULT_LIMIT_MS = 5_000;
/** A receiver that wants to be left alone for longer, in milliseconds, is asked again after this time. */
const LONGEST_WAIT_MS = 3_600_000;
/** The answers that are about what was sent, not about whoever sends it, or when. */
const REFUSALS = new Set([400, 406, 411, 413, 414, 415, 422]);

/**
 * Posts JSON to a URL. Any 2xx delivers; redirects are not followed; `Retry-After` is kept (contract: engine, "Alarms out").
 * No error holds the URL, which may be a secret.
 */
export class HttpReceiver {
  private readonly url: URL;
  private readonly headers: Readonly<Record<string, string>>;
  private readonly limitMs: number;
  private readonly proxy: URL | undefined;

  /**
   * @param name what the receiver is called in errors
   * @throws Error where a header cannot be sent
   */
  constructor(
    private readonly name: string,
    { url, limitMs = DEFAULT_LIMIT_MS, headers = {}, proxies = {} }: HttpReceiverOptions,
  ) {
    this.url = new URL(url);
    for (const [header, value] of Object.entries(headers)) {
      validateHeaderName(header);
      validateHeaderValue(header, value);
    }
    const authorization = basicAuthorizationIn(this.url);
    this.headers = {
      ...{ 'Content-Type': 'application/json', 'User-Agent': `canopsis-heartbeat/${version()}` },
      ...(authorization !== undefined && { Authorization: authorization }),
      ...headers,
    };
    // Node would send them as Latin-1.
    this.url.username = '';
    this.url.password = '';
    this.limitMs = limitMs;
    this.proxy = proxyFor(this.url, proxies);
  }

  /**
   * @param own headers of this call
   * @throws Error `<name> answered 500`, `<name> gave no answer within 5000 ms` or `<name> cannot be reached: <code>`;
   * AlarmRefusedError where the answer is about the body, ReceiverBusyError where it says when to come again
   */
  async post(body: Buffer, own: OutgoingHttpHeaders = {}): Promise<HttpAnswer> {
    const answer = await this.call(body, { ...this.headers, ...own });
    const { status, headers } = answer;
    if (status >= 200 && status <= 299) return answer;
    const message = `${this.name} answered ${status}`;
    const waitMs = retryAfter(headers['retry-after']);
    if (waitMs !== undefined) throw new ReceiverBusyError(message, waitMs);
    throw REFUSALS.has(status) ? new AlarmRefusedError(message) : new Error(message);
  }

  private async call(body: Buffer, headers: OutgoingHttpHeaders): Promise<HttpAnswer> {
    try {
      const { limitMs, proxy } = this;
      return await httpCall(this.url, { method: 'POST', headers, body, limitMs, proxy });
    } catch (error) {
      throw new Error(`${this.name} ${reason(error)}`);
    }
  }
}

/** @returns what the header `Retry-After` asks for (RFC 9110: seconds, or a date), in milliseconds, an hour at most */
function retryAfter(header: string | undefined): number | undefined {
  if (header === undefined) return undefined;
  const waitMs = /^\d+$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - Date.now();
  return Number.isNaN(waitMs) ? undefined : Math.min(Math.max(0, waitMs), LONGEST_WAIT_MS);
}

/** Only codes and our own words: an error's own text might quote the URL. */
function reason(error: unknown): string {
  if (error instanceof TimeoutError) return `gave ${error.message}`;
  const { code } = error as { code?: string };
  return `cannot be reached${code === undefined ? '' : `: ${code}`}`;
}
