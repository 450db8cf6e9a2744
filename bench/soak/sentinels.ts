import { setTimeout as pause } from 'node:timers/promises';
import type { Alarm } from './alarm-feed';
import type { Answer, Call } from './api-client';
import type { Calls } from './calls';
import type { Tally } from './tally';

const COUNT = 40;
/** Intervals from 4 s, each a little longer than the one before, so that they do not fall silent together. */
const intervalOf = (i: number): number => 4 + (i % 9);
const BEATS = 4;
/** An alarm that has not come after so long is lost, however busy the machine is. */
const LOST_AFTER_MS = 120_000;
const RETRY_MS = 500;
const HEARTBEATS = '/api/v2/heartbeat';

/** Heartbeats that beat, fall silent, and recover, again and again: each silence has to raise one alarm and resolve one. */
export class Sentinels {
  private readonly all: readonly Sentinel[];
  private readonly byResource: ReadonlyMap<string, Sentinel>;

  constructor(
    calls: Calls,
    private readonly tally: Tally,
  ) {
    this.all = Array.from({ length: COUNT }, (_, i) => new Sentinel(i, calls, tally));
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
  private readonly name: string;
  private readonly seconds: number;
  private id = '';
  /** When the latest event was sent that has been answered, in milliseconds. */
  private sentAt = 0;
  /** The longest time without an event since the last alarm, in milliseconds. */
  private longestGap = 0;
  private changed: () => void = () => undefined;

  constructor(
    private readonly i: number,
    private readonly calls: Calls,
    private readonly tally: Tally,
  ) {
    this.name = `sentinel ${i}`;
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
      if (removed) await this.remove();
      else await this.beat();
      await this.alarmIs(false);
      if (removed) await this.create();
    }
    await this.remove();
    await this.alarmIs(false);
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
    const at = await this.insist({ method: 'POST', path: '/api/v2/event', body }, wasSent);
    this.longestGap = Math.max(this.longestGap, Date.now() - this.sentAt);
    this.sentAt = at;
  }

  private async create(): Promise<void> {
    const pattern = { connector: 'soak', connector_name: `s${this.i}` };
    const body = { name: this.name, pattern, expected_interval: `${this.seconds}s` };
    // Before the first event, the interval begins when the engine learns of the heartbeat.
    this.sentAt = Date.now();
    const created = ({ status, body: answer }: Answer): boolean => {
      const { name, description } = answer as Record<'name' | 'description', string>;
      this.id = name === 'heartbeat created' ? description : '';
      // An answer before this one was too late, the deed was not.
      return status === 200 || description === 'heartbeat pattern already exists';
    };
    await this.insist({ method: 'POST', path: HEARTBEATS, body }, created);
    if (this.id === '') await this.find();
  }

  private async find(): Promise<void> {
    const path = `${HEARTBEATS}?limit=1000&search=${encodeURIComponent(this.name)}`;
    await this.insist({ method: 'GET', path }, ({ status, body }) => {
      const { data = [] } = body as { data?: { _id: string; name: string }[] };
      this.id = data.find(({ name }) => name === this.name)?._id ?? '';
      return status === 200;
    });
  }

  private remove(): Promise<number> {
    // Not found: as above.
    const done = ({ status }: Answer): boolean => status === 200 || status === 404;
    return this.insist({ method: 'DELETE', path: `${HEARTBEATS}/${this.id}` }, done);
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
    if (raised) this.tally.count('silences');
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

  /**
   * Makes a call until it is answered as it should be; a busy machine may take a few attempts.
   * @returns when the last attempt was sent, in milliseconds
   */
  private async insist(call: Call, right: (answer: Answer) => boolean): Promise<number> {
    for (const end = Date.now() + LOST_AFTER_MS; ; await pause(RETRY_MS)) {
      const at = Date.now();
      const answered = await this.calls.make(call, right, this.name);
      if (answered || at > end) return at;
    }
  }
}

const wasSent = ({ body }: Answer): boolean =>
  (body as { sent_events?: unknown[] }).sent_events?.length === 1;
