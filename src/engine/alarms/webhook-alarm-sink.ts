import { createHmac } from 'node:crypto';
import type { OutboxEntry } from '../../states/outbox-fields';
import type { AlarmSink, AlarmSource } from './alarm-sink';
import { errorText } from '../../util/error-text';
import { HttpReceiver } from './http-receiver';
import type { WebhookOptions } from './receiver-options';
import { WebhookTemplate } from './webhook-template';

/** Longer names and ids are left out: many servers take no more than 8 KiB of headers. */
const LONGEST_HEADER = 2_048;

/**
 * Alarms are posted to a URL: the body is the alarm event, byte for byte as it would go to the broker, or what a template makes of
 * it. The headers name the heartbeat (`X-Heartbeat-Id`, `X-Heartbeat-Name`, percent-encoded), the alarm (`X-Heartbeat-Delivery`,
 * the same however often it is sent) and the time of the call (`X-Heartbeat-Timestamp`, unix seconds). With a secret,
 * `X-Heartbeat-Signature` is `sha256=` and the HMAC-SHA256 of the body in lower-case hex, and `X-Heartbeat-Signature-V2` that of
 * delivery, timestamp and body with dots between.
 */
export class WebhookAlarmSink implements AlarmSink {
  readonly parallel = 8;
  private readonly receiver: HttpReceiver;
  private readonly secret: string | undefined;

  /** @throws Error where a header cannot be sent */
  constructor(
    { secret, contentType, headers, ...options }: Omit<WebhookOptions, 'template'>,
    private readonly template?: WebhookTemplate,
  ) {
    const type = contentType !== undefined && { 'Content-Type': contentType };
    this.receiver = new HttpReceiver('webhook', { ...options, headers: { ...headers, ...type } });
    this.secret = secret;
  }

  /** @throws Error where a header cannot be sent, or the template cannot be used */
  static async of({ template, ...options }: WebhookOptions): Promise<WebhookAlarmSink> {
    if (template === undefined) return new WebhookAlarmSink(options);
    try {
      return new WebhookAlarmSink(options, await WebhookTemplate.of(template, options.contentType));
    } catch (error) {
      throw new Error(`webhook: ${errorText(error)}`);
    }
  }

  /** @throws what {@link HttpReceiver.post} throws */
  async deliver(entry: OutboxEntry, source?: AlarmSource): Promise<void> {
    const name = await source?.name();
    const heartbeat = source && { id: source.id, name };
    const body = Buffer.from(this.template?.render(entry, heartbeat) ?? entry.body);
    const own = { ...heartbeatHeaders(heartbeat), ...this.deliveryHeaders(entry.id, body) };
    await this.receiver.post(body, own);
  }

  private deliveryHeaders(delivery: string, body: Buffer): Record<string, string> {
    const timestamp = String(Math.floor(Date.now() / 1_000));
    const headers = { 'X-Heartbeat-Delivery': delivery, 'X-Heartbeat-Timestamp': timestamp };
    const { secret } = this;
    if (secret === undefined) return headers;
    const signature = (...parts: (string | Buffer)[]): string => {
      const hmac = createHmac('sha256', secret);
      for (const part of parts) hmac.update(part);
      return `sha256=${hmac.digest('hex')}`;
    };
    return {
      ...headers,
      'X-Heartbeat-Signature': signature(body),
      'X-Heartbeat-Signature-V2': signature(`${delivery}.${timestamp}.`, body),
    };
  }
}

function heartbeatHeaders(heartbeat: { id: string; name?: string } | undefined): Record<string, string> {
  if (heartbeat === undefined) return {};
  const { id, name } = heartbeat;
  const texts = { 'X-Heartbeat-Id': id, ...(name !== undefined && { 'X-Heartbeat-Name': name }) };
  const encoded = Object.entries(texts).map(([header, text]) => [header, percentEncoded(text)] as const);
  return Object.fromEntries(encoded.filter(([, text]) => text.length <= LONGEST_HEADER));
}

/** Halves of characters, which have no encoding, become U+FFFD. */
const percentEncoded = (text: string): string => encodeURIComponent(Buffer.from(text).toString());
