import type { OutboxEntry } from '../../states/outbox-fields';
import { AlarmRefusedError, type AlarmSink } from './alarm-sink';
import { type PostableAlert, type Told, timesOf, toldBy } from './alert';
import { HttpReceiver } from './http-receiver';
import type { AlertmanagerOptions } from './receiver-options';

/** So many bytes of alerts are posted together, or a single one that is longer. */
const MOST_BYTES = 512 * 1024;
const PATH = '/api/v2/alerts';

interface Waiting extends Told {
  readonly bytes: number;
  readonly settle: (error?: Error) => void;
}

/**
 * Alarms as alerts of a Prometheus Alertmanager, by version 2 of its API. What is to be delivered at the same moment is posted
 * together. An end that is still to come by Alertmanager's own clock (its answers tell the time) would be no end for it, so that
 * it is told again, with that time.
 */
export class AlertmanagerAlarmSink implements AlarmSink {
  readonly parallel = 1_000;
  private readonly receiver: HttpReceiver;
  private waiting: Waiting[] = [];

  constructor({ url, ...options }: AlertmanagerOptions) {
    const whole = new URL(url);
    whole.pathname = whole.pathname.replace(/\/*$/, PATH);
    this.receiver = new HttpReceiver('Alertmanager', { ...options, url: whole.href });
  }

  /** @throws what {@link HttpReceiver.post} throws */
  deliver(entry: OutboxEntry): Promise<void> {
    return new Promise((resolve, reject) => {
      const told = toldBy(entry, Date.now());
      const settle = (error?: Error): void => (error === undefined ? resolve() : reject(error));
      this.waiting.push({ ...told, bytes: Buffer.byteLength(JSON.stringify(told.alert)), settle });
      if (this.waiting.length === 1) queueMicrotask(() => void this.sendAll());
    });
  }

  private async sendAll(): Promise<void> {
    const waiting = this.waiting;
    this.waiting = [];
    for (const batch of batchesOf(waiting)) await this.send(batch);
  }

  /** Never rejects. Of many, one that is refused would keep the others from being known as delivered. */
  private async send(batch: readonly Waiting[]): Promise<void> {
    try {
      await this.post(batch);
      for (const { settle } of batch) settle();
    } catch (error) {
      if (error instanceof AlarmRefusedError && batch.length > 1) {
        for (const one of batch) await this.send([one]);
        return;
      }
      for (const { settle } of batch) settle(error as Error);
    }
  }

  private async post(batch: readonly Waiting[]): Promise<void> {
    const { headers } = await this.receiver.post(bodyOf(batch.map(({ alert }) => alert)));
    const now = Date.parse(headers.date ?? '');
    const early = batch.filter(({ isEnd, alert }) => isEnd && Date.parse(alert.endsAt) > now);
    if (early.length === 0) return;
    const ended = early.map(({ alert }) => ({ ...alert, ...timesOf(Date.parse(alert.startsAt), now) }));
    await this.receiver.post(bodyOf(ended));
  }
}

const bodyOf = (alerts: readonly PostableAlert[]): Buffer => Buffer.from(JSON.stringify(alerts));

function* batchesOf(all: readonly Waiting[]): Generator<readonly Waiting[]> {
  let batch: Waiting[] = [];
  let bytes = 0;
  for (const one of all) {
    if (batch.length > 0 && bytes + one.bytes > MOST_BYTES) {
      yield batch;
      [batch, bytes] = [[], 0];
    }
    batch.push(one);
    bytes += one.bytes;
  }
  if (batch.length > 0) yield batch;
}
