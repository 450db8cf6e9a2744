import { createHmac } from 'node:crypto';
import type { AlarmSink } from '../alarm-sink';
import type { OutboxEntry } from '../state/heartbeat-state';
import { LogAlarmSink } from './log-alarm-sink';

/** How long one call may take, the answer's body included, in milliseconds. */
const DEFAULT_LIMIT_MS = 5_000;
/** How much of an answer's body is read, so that the connection can be used again; a longer body closes it. */
const READ_BYTES = 64 * 1024;
/** How many undelivered alarms are remembered as logged; beyond that an alarm may be logged again. */
const REMEMBERED = 10_000;

export interface WebhookOptions {
  /** `http:` or `https:`; a user and a password in it are sent as HTTP Basic credentials (RFC 7617). */
  readonly url: string;
  /** Key of the signature; without it the calls are not signed. */
  readonly secret?: string;
  /** How long one call may take, in milliseconds. Default: 5 s. */
  readonly limitMs?: number;
  /** Where each alarm goes as well, at its first attempt. */
  readonly log?: AlarmSink;
}

/**
 * Alarms are posted to a URL, and logged: the body is the alarm event, byte for byte as it would go to the broker. Any 2xx
 * delivers; redirects are not followed (contract: engine, "Alarms out"). With a secret, the header
 * `X-Heartbeat-Signature` is `sha256=` and the HMAC-SHA256 of the body in lower-case hex. No error holds the URL, which may
 * be a secret.
 */
export class WebhookAlarmSink implements AlarmSink {
  readonly parallel = 8;
  private readonly url: URL;
  private readonly headers: Readonly<Record<string, string>>;
  private readonly secret: string | undefined;
  private readonly limitMs: number;
  private readonly log: AlarmSink;
  private readonly logged = new Set<string>();

  constructor({ url, secret, limitMs = DEFAULT_LIMIT_MS, log = new LogAlarmSink() }: WebhookOptions) {
    this.url = new URL(url);
    this.headers = { 'Content-Type': 'application/json', ...basicCredentials(this.url) };
    // fetch refuses an address with credentials in it.
    this.url.username = '';
    this.url.password = '';
    this.secret = secret;
    this.limitMs = limitMs;
    this.log = log;
  }

  /** @throws Error `webhook answered 500`, `webhook gave no answer within 5000 ms` or `webhook cannot be reached: <code>` */
  async deliver(entry: OutboxEntry): Promise<void> {
    await this.logOnce(entry);
    const response = await this.post(Buffer.from(entry.body));
    if (!response.ok) throw new Error(`webhook answered ${response.status}`);
    this.logged.delete(entry.id);
  }

  private async logOnce(entry: OutboxEntry): Promise<void> {
    if (this.logged.has(entry.id)) return;
    if (this.logged.size >= REMEMBERED) this.logged.clear();
    this.logged.add(entry.id);
    await this.log.deliver(entry);
  }

  private async post(body: Buffer<ArrayBuffer>): Promise<Response> {
    try {
      const response = await fetch(this.url, {
        method: 'POST',
        headers: { ...this.headers, ...this.signature(body) },
        body,
        redirect: 'manual',
        signal: AbortSignal.timeout(this.limitMs),
      });
      await discardBody(response);
      return response;
    } catch (error) {
      throw new Error(`webhook ${this.reason(error)}`);
    }
  }

  /** Only codes and our own words: an error's own text might quote the URL. */
  private reason(error: unknown): string {
    if ((error as Error).name === 'TimeoutError') return `gave no answer within ${this.limitMs} ms`;
    const { code } = ((error as Error).cause ?? {}) as { code?: string };
    return `cannot be reached${code === undefined ? '' : `: ${code}`}`;
  }

  private signature(body: Buffer): Record<string, string> {
    if (this.secret === undefined) return {};
    const hmac = createHmac('sha256', this.secret).update(body).digest('hex');
    return { 'X-Heartbeat-Signature': `sha256=${hmac}` };
  }
}

function basicCredentials({ username, password }: URL): Record<string, string> {
  if (username === '' && password === '') return {};
  const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { Authorization: `Basic ${Buffer.from(credentials).toString('base64')}` };
}

/** The status alone decides: whatever goes wrong with the body afterwards does not matter. */
async function discardBody({ body }: Response): Promise<void> {
  if (body === null) return;
  let read = 0;
  try {
    for await (const chunk of body as ReadableStream<Uint8Array>) {
      read += chunk.byteLength;
      if (read > READ_BYTES) break;
    }
  } catch {
    // An answer that is cut short or never ends.
  }
}
