import type { StateDocument } from '../engine/state-api/state-row';
import type { CanopsisEvent } from '../events/event';
import type { RecordedAlarm } from './alarm-recorder';
import { type HeartbeatAppRequest, type RawAnswer, callOverHttp } from './http-call';
import type { TestClock } from './test-clock';

/** What the application answered. */
export interface HeartbeatAppAnswer extends RawAnswer {
  /** The parsed body; undefined where there is none, or it is not JSON. */
  readonly json: unknown;
}

/** What a heartbeat is created with. */
export interface HeartbeatFields {
  readonly pattern: Readonly<Record<string, string>>;
  readonly expected_interval: string;
  readonly author?: string;
  readonly name?: string;
  readonly description?: string;
  readonly output?: string;
}

/** A real application on a free port of loopback, with a database of its own, for one test or many. */
export class HeartbeatApp {
  /** See {@link startHeartbeatApp}. */
  constructor(
    /** Where it answers, for example `http://127.0.0.1:40123`. */
    readonly url: string,
    readonly clock: TestClock,
    /** All alarms so far, oldest first; it grows as they go out. */
    readonly alarms: readonly RecordedAlarm[],
    private readonly auth: string | null,
    private readonly close: () => Promise<void>,
  ) {}

  private stopping: Promise<void> | undefined;

  /** Sends one request, and reads the whole answer. Rejects only where there is none. */
  async request(method: string, path: string, request?: HeartbeatAppRequest): Promise<HeartbeatAppAnswer> {
    const answer = await callOverHttp(this.url + path, method, this.auth, request);
    return { ...answer, json: parsed(answer.text) };
  }

  /**
   * Creates a heartbeat.
   * @returns its id
   * @throws Error with the answer where the application refuses it
   */
  async createHeartbeat(heartbeat: HeartbeatFields): Promise<string> {
    const answer = await this.expect('POST', '/api/v2/heartbeat', heartbeat);
    return (answer as { description: string }).description;
  }

  /**
   * Sends one event. What the contract requires and the test does not care about is filled in. Resolves when it is stored.
   * @throws Error with the answer where the application did not take it
   */
  async sendEvent(event: CanopsisEvent): Promise<void> {
    const filled = {
      connector: 'test',
      connector_name: 'test',
      event_type: 'check',
      component: 'test',
      ...event,
    };
    const { sent_events } = (await this.expect('POST', '/api/v2/event', filled)) as {
      sent_events: unknown[];
    };
    if (sent_events.length !== 1) throw new Error(`the event was not taken: ${JSON.stringify(filled)}`);
  }

  /** @returns what the application says of a heartbeat: `waiting`, `up`, `down` or `invalid`, and since when */
  async state(id: string): Promise<StateDocument> {
    return (await this.expect('GET', `/api/v2/heartbeat/${encodeURIComponent(id)}/state`)) as StateDocument;
  }

  /** Stops it, and removes all that it stored. May be called again. */
  async stop(): Promise<void> {
    await (this.stopping ??= this.close());
  }

  private async expect(method: string, path: string, json?: unknown): Promise<unknown> {
    const answer = await this.request(method, path, { json });
    if (answer.status !== 200) throw new Error(`${method} ${path} answered ${answer.status}: ${answer.text}`);
    return answer.json;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
