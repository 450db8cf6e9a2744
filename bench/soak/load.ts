import { at } from '../../test/support/at';
import type { Answer, Call } from './api-client';
import type { Calls } from './calls';

/** Heartbeats that are read and replaced, and never fall silent: their interval is a day. */
const KEPT = 300;
/** How many heartbeats that come and go exist at once, at most. */
const PASSING = 100;
const EVERY_MS = 50;

type Kind = readonly [weight: number, name: string, next: () => Call, right: (answer: Answer) => boolean];

/**
 * Calls the API in a mix of all that it can do, at a rate that does not grow with what the machine can do. Every answer has to
 * be the right one.
 */
export class Load {
  private readonly kept: string[] = [];
  private readonly passing: string[] = [];
  private readonly kinds: readonly Kind[];
  private readonly weights: number;
  private underWay = 0;
  private made = 0;
  private timer: NodeJS.Timeout | undefined;

  /** @param limits calls per second, and how many at once */
  constructor(
    private readonly calls: Calls,
    private readonly limits: { readonly rate: number; readonly parallel: number },
  ) {
    this.kinds = [...this.reads(), ...this.changes(), ...this.mistakes()];
    this.weights = this.kinds.reduce((sum, [weight]) => sum + weight, 0);
  }

  async start(): Promise<void> {
    for (let i = 0; i < KEPT; i += 1) this.kept.push(await this.create(`kept ${i}`));
    let owed = 0;
    let before = performance.now();
    this.timer = setInterval(() => {
      const now = performance.now();
      // What could not be done in time is not made up for: a burst would be another load.
      owed = Math.min(owed + ((now - before) / 1000) * this.limits.rate, this.limits.parallel);
      before = now;
      for (; owed >= 1 && this.underWay < this.limits.parallel; owed -= 1) void this.one();
    }, EVERY_MS);
  }

  /** Waits for the calls under way. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    while (this.underWay > 0) await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
  }

  private async one(): Promise<void> {
    this.underWay += 1;
    let left = Math.random() * this.weights;
    const chosen = this.kinds.find(([weight]) => (left -= weight) < 0) ?? at(this.kinds, 0);
    const [, name, next, right] = chosen;
    await this.calls.make(next(), right, name);
    this.underWay -= 1;
  }

  private reads(): Kind[] {
    const path = (): string => `/api/v2/heartbeat/${any(this.kept)}`;
    return [
      [40, 'read', () => ({ method: 'GET', path: path() }), is(200)],
      [5, 'state', () => ({ method: 'GET', path: `${path()}/state` }), is(200)],
      [3, 'page', () => ({ method: 'GET', path: pageOf(20) }), is(200)],
      [1, 'states', () => ({ method: 'GET', path: '/api/v2/heartbeat-state?state=up&limit=50' }), is(200)],
      [0.3, 'list', () => ({ method: 'GET', path: '/api/v2/heartbeat' }), is(200)],
      [2, 'health', () => ({ method: 'GET', path: '/health/ready' }), is(200)],
    ];
  }

  private changes(): Kind[] {
    const replaced = (): Call => {
      const i = Math.floor(Math.random() * KEPT);
      return { method: 'PUT', path: `/api/v2/heartbeat/${this.kept[i]}`, body: heartbeat(`kept ${i}`) };
    };
    const event = (): Call => ({
      method: 'POST',
      path: '/api/v2/event',
      body: eventOf(`kept ${Math.floor(Math.random() * KEPT * 2)}`),
    });
    return [
      [8, 'replace', replaced, is(200)],
      [14, 'event', event, ({ body }) => (body as { sent_events?: unknown[] }).sent_events?.length === 1],
      [16, 'create or delete', () => this.comeOrGo(), (answer) => this.cameOrWent(answer)],
    ];
  }

  private comeOrGo(): Call {
    if (this.passing.length < PASSING * Math.random()) {
      this.made += 1;
      return { method: 'POST', path: '/api/v2/heartbeat', body: heartbeat(`passing ${this.made}`) };
    }
    return { method: 'DELETE', path: `/api/v2/heartbeat/${this.passing.shift()}` };
  }

  private cameOrWent({ status, body }: Answer): boolean {
    const { name, description } = body as { name: string; description: string };
    if (name === 'heartbeat created') this.passing.push(description);
    return status === 200;
  }

  private mistakes(): Kind[] {
    const heartbeats = '/api/v2/heartbeat';
    const post = (body: unknown): Call => ({ method: 'POST', path: heartbeats, body });
    const wrong = `Basic ${Buffer.from('soak:wrong').toString('base64')}`;
    return [
      [1, 'no JSON', () => post('{"pattern"'), is(400)],
      [1, 'bad interval', () => post({ ...heartbeat('bad'), expected_interval: '0s' }), is(400)],
      [1, 'pattern taken', () => post(heartbeat('kept 0')), is(400)],
      [1, 'unknown id', () => ({ method: 'GET', path: `${heartbeats}/nobody` }), is(404)],
      [1, 'unknown route', () => ({ method: 'GET', path: '/api/v2/nothing' }), is(404)],
      [1, 'wrong method', () => ({ method: 'PATCH', path: heartbeats }), is(405)],
      [1, 'bad page', () => ({ method: 'GET', path: `${heartbeats}?page=0` }), is(400)],
      [1, 'no event', () => ({ method: 'POST', path: '/api/v2/event', body: 7 }), is(400)],
      [0.2, 'too large', () => post('x'.repeat(1024 * 1024 + 1)), is(413)],
      // Wrong log-ins may be limited.
      [
        0.2,
        'wrong password',
        () => ({ method: 'GET', path: heartbeats, authorization: wrong }),
        is(401, 429),
      ],
    ];
  }

  private async create(name: string): Promise<string> {
    let id = '';
    const created = ({ status, body }: Answer): boolean => {
      id = (body as { description: string }).description;
      return status === 200;
    };
    const call = { method: 'POST', path: '/api/v2/heartbeat', body: heartbeat(name) };
    if (!(await this.calls.make(call, created, name))) throw new Error('no heartbeat can be made');
    return id;
  }
}

/** A heartbeat of a day that `eventOf` the same name matches. */
const heartbeat = (name: string): Record<string, unknown> => ({
  name,
  pattern: { connector: 'load', connector_name: name },
  expected_interval: '24h',
});

const eventOf = (name: string): Record<string, unknown> => ({
  connector: 'load',
  connector_name: name,
  event_type: 'check',
  component: 'soak',
  state: 0,
});

const pageOf = (limit: number): string =>
  `/api/v2/heartbeat?page=${1 + Math.floor(Math.random() * 10)}&limit=${limit}`;

const is =
  (...statuses: readonly number[]) =>
  ({ status }: Answer): boolean =>
    statuses.includes(status);

const any = <T>(list: readonly T[]): T => at(list, Math.floor(Math.random() * list.length));
