import { setTimeout as pause } from 'node:timers/promises';
import type { Alarm } from './alarm-feed';
import type { ApiClient, Call } from './api-client';
import type { Tally } from './tally';

const COUNT = 40;
/** Intervals from 4 s, each a little longer than the one before, so that they do not fall silent together. */
const intervalOf = (i: number): number => 4 + (i % 9);
const BEATS = 4;
/** An alarm that has not come after so long is lost, however busy the machine is. */
const LOST_AFTER_MS = 120_000;

/** Heartbeats that beat, fall silent, and recover, again and again: each silence has to raise one alarm and resolve one. */
export class Sentinels {
  private readonly all: readonly Sentinel[];
  private readonly byResource: ReadonlyMap<string, Sentinel>;

  constructor(
    api: ApiClient,
    private readonly tally: Tally,
  ) {
    this.all = Array.from({ length: COUNT }, (_, i) => new Sentinel(i, api, tally));
    this.byResource = new Map(this.all.map((sentinel) => [sentinel.resource, sentinel]));
  }

  /** Takes an alarm that came out of the application. */
  readonly onAlarm = (alarm: Alarm): void => {
    const sentinel = this.byResource.get(alarm.resource);
    if (sentinel) sentinel.onAlarm(alarm.state);
    else this.tally.fail(`alarm ${alarm.state} for ${alarm.resource}, which never fell silent`);
  };

  /** Goes on until stopped, and then until what has fallen silent has recovered. */
  async run(stopping: AbortSignal): Promise<void> {
    await Promise.all(this.all.map((sentinel) => sentinel.run(stopping)));
  }

  /** How many alarms are open, as far as was seen. */
  get open(): number {
    return this.all.filter(({ raised }) => raised).length;
  }
}

class Sentinel {
  readonly resource: string;
  raised = false;
  private readonly seconds: number;
  private id = '';
  /** When the latest event was sent that has been answered, in milliseconds. */
  private sentAt = 0;
  /** The longest time without an event since the last alarm, in milliseconds. */
  private longestGap = 0;
  private changed: () => void = () => undefined;

  constructor(
    private readonly i: number,
    private readonly api: ApiClient,
    private readonly tally: Tally,
  ) {
    this.seconds = intervalOf(i);
    this.resource = `connector:soak.connector_name:s${i}`;
  }

  async run(stopping: AbortSignal): Promise<void> {
    await this.create();
    await pause((this.i / COUNT) * this.seconds * 1000);
    for (let round = this.i; !stopping.aborted; round += 1) {
      for (let beat = 0; beat < BEATS; beat += 1) {
        await this.beat();
        await pause((this.seconds * 1000) / BEATS);
      }
      await this.alarmIs(true);
      // An open alarm ends with an event, or with its heartbeat.
      const removed = round % 4 === 0;
      if (removed) await this.call({ method: 'DELETE', path: `/api/v2/heartbeat/${this.id}` });
      else await this.beat();
      await this.alarmIs(false);
      if (removed) await this.create();
    }
  }

  onAlarm(state: number): void {
    const raised = state !== 0;
    this.tally.count(raised ? 'raised' : 'resolved');
    if (raised === this.raised) {
      this.tally.count('doubled');
      this.tally.fail(`alarm ${state} for ${this.resource} came twice`);
    } else if (raised) {
      // Beats that a busy machine delays are silence too; an alarm without silence is wrong however busy it is.
      const silence = Math.max(this.longestGap, Date.now() - this.sentAt);
      if (silence < this.seconds * 1000) {
        this.tally.count('wrong');
        this.tally.fail(`${this.resource} was raised while its events came`);
      }
    }
    this.longestGap = 0;
    this.raised = raised;
    this.changed();
  }

  private async beat(): Promise<void> {
    const names = { connector: 'soak', connector_name: `s${this.i}`, component: 'soak' };
    const body = { ...names, event_type: 'check' };
    const at = Date.now();
    if (await this.call({ method: 'POST', path: '/api/v2/event', body })) {
      this.longestGap = Math.max(this.longestGap, Date.now() - this.sentAt);
      this.sentAt = at;
    }
  }

  private async create(): Promise<void> {
    const pattern = { connector: 'soak', connector_name: `s${this.i}` };
    const body = { name: `sentinel ${this.i}`, pattern, expected_interval: `${this.seconds}s` };
    // Before the first event, the interval begins when the engine learns of the heartbeat.
    this.sentAt = Date.now();
    const answer = await this.call({ method: 'POST', path: '/api/v2/heartbeat', body });
    this.id = (answer as { description?: string } | undefined)?.description ?? '';
  }

  /** Waits until an alarm has been raised or resolved. */
  private async alarmIs(raised: boolean): Promise<void> {
    const end = Date.now() + LOST_AFTER_MS;
    while (this.raised !== raised) {
      if (Date.now() >= end) {
        this.tally.count('lost');
        this.tally.fail(`no alarm ${raised ? 'raised' : 'resolved'} for ${this.resource}`);
        return;
      }
      await this.nextAlarm(end - Date.now());
    }
    this.tally.count(raised ? 'silences' : 'recoveries');
  }

  /** Waits for an alarm, for so many milliseconds at most. */
  private nextAlarm(limitMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, limitMs);
      this.changed = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** @returns the body of the answer, where it is 200 */
  private async call(call: Call): Promise<unknown> {
    try {
      const { status, body } = await this.api.call(call);
      this.tally.count('requests');
      if (status >= 500) this.tally.count('5xx');
      if (status === 200) return body;
      this.tally.fail(`${call.method} ${call.path} for ${this.resource} → ${status} ${JSON.stringify(body)}`);
    } catch (error) {
      this.tally.fail(`${call.method} ${call.path} for ${this.resource}: ${String(error)}`);
    }
    return undefined;
  }
}
