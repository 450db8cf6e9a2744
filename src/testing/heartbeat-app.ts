import type { StateDocument } from '../states/state-row';
import type { CanopsisEvent } from '../events/event';
import { isJsonObject } from '../util/json-object';
import type { AppLife } from './app-life';
import type { RecordedAlarm } from './alarm-recorder';
import { refuseFakeTimers } from './fake-timers';
import { type HeartbeatAppRequest, type RawAnswer, callOverHttp, checkRequest } from './http-call';
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
    private readonly auth: string,
    private readonly life: AppLife,
    private readonly close: () => Promise<void>,
  ) {}

  private stopping: Promise<void> | undefined;

  /**
   * Sends one request, and reads the whole answer, whatever its status is.
   * @param path begins with `/`
   * @throws TypeError where the request is none; Error where there is no answer in time, or the application has been stopped
   */
  async request(
    method: string,
    path: string,
    request: HeartbeatAppRequest = {},
  ): Promise<HeartbeatAppAnswer> {
    this.life.check('request');
    checkRequest(path, request);
    const answer = await callOverHttp(this.url + path, method, this.auth, request);
    return { ...answer, json: parsed(answer.text) };
  }

  /**
   * Creates a heartbeat.
   * @returns its id
   * @throws Error with the answer where the application refuses it
   */
  async createHeartbeat(heartbeat: HeartbeatFields): Promise<string> {
    this.check('createHeartbeat', isJsonObject(heartbeat), 'the heartbeat must be an object');
    const answer = await this.expect('POST', '/api/v2/heartbeat', heartbeat);
    return (answer.json as { description: string }).description;
  }

  /**
   * Sends one event. What the contract requires and the test does not care about is filled in. Resolves when it is stored,
   * and the alarms that it resolves are in {@link alarms}.
   * @throws Error with the answer where the application did not take it
   */
  async sendEvent(event: CanopsisEvent): Promise<void> {
    this.check('sendEvent', isJsonObject(event), 'the event must be an object');
    const filled = {
      connector: 'test',
      connector_name: 'test',
      event_type: 'check',
      component: 'test',
      ...event,
    };
    const answer = await this.expect('POST', '/api/v2/event', filled);
    const { sent_events } = answer.json as { sent_events: unknown[] };
    if (sent_events.length !== 1) {
      throw new Error(`the event was not taken${problemOf(answer)}: ${JSON.stringify(filled)}`);
    }
    await this.clock.alarmsAreOut('sendEvent');
  }

  /** @returns what the application says of a heartbeat: `waiting`, `up`, `down` or `invalid`, and since when */
  async state(id: string): Promise<StateDocument> {
    this.check('state', typeof id === 'string' && id !== '', "a heartbeat's id must be a text");
    const answer = await this.expect('GET', `/api/v2/heartbeat/${encodeURIComponent(id)}/state`);
    return answer.json as StateDocument;
  }

  /** Stops it, and removes all that it stored. May be called again; other calls are refused from then on. */
  async stop(): Promise<void> {
    refuseFakeTimers('stop');
    await (this.stopping ??= this.close());
  }

  private check(call: string, isRight: boolean, what: string): void {
    this.life.check(call);
    if (!isRight) throw new TypeError(`${call}: ${what}`);
  }

  private async expect(method: string, path: string, json?: unknown): Promise<HeartbeatAppAnswer> {
    const answer = await this.request(method, path, { json });
    if (answer.status === 200) return answer;
    throw new Error(`${method} ${path} answered ${answer.status}${problemOf(answer)}: ${answer.text}`);
  }
}

/** What the answer says of the reason, for an error's text. */
function problemOf({ headers }: HeartbeatAppAnswer): string {
  const problem = headers.get('problem');
  return problem === null ? '' : ` (${problem})`;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
