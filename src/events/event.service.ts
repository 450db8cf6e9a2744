import { Inject, Injectable, Logger } from '@nestjs/common';
import { invalidPayload } from '../canopsis/canopsis-error';
import { writtenAs } from '../nest/verbatim';
import { elementTexts, withMember } from '../util/json-text';
import { withTimeout } from '../util/timeout';
import { type CanopsisEvent, eventProblem, isDeeperThanEvents, withSourceType } from './event';
import { isJsonObject } from '../util/json-object';
import { EVENT_METRICS, type EventMetrics, NO_EVENT_METRICS } from './event-metrics';
import { EVENT_TRANSPORT, type EventPublisher } from './event-transport';
import { errorText } from '../util/error-text';

/** How many events of one request are published at once. */
const PARALLEL = 1_000;
/** How long all events of one request may take together, in milliseconds: with reading and answering less than 5 s, also on a busy machine. */
const CALL_LIMIT_MS = 4_000;

/** The answer to `POST /api/v2/event`: each event in the list where it ended, in the order in which they came. */
export interface EventsAnswer {
  sent_events: unknown[];
  retry_events: unknown[];
  failed_events: unknown[];
}

const LISTS: readonly (keyof EventsAnswer)[] = ['sent_events', 'retry_events', 'failed_events'];

/** What was sent in the place of an event. */
interface Item {
  /** Where it ends if it is answered now. */
  list: keyof EventsAnswer;
  readonly given: unknown;
  /** As JSON, where that is known. */
  readonly text: string | undefined;
}

/** An event that can be published. */
interface ValidItem extends Item {
  readonly given: CanopsisEvent;
}

/** Takes events that come over HTTP (contract: engine, "Events in"). */
@Injectable()
export class EventService {
  private readonly logger = new Logger(EventService.name);

  constructor(
    @Inject(EVENT_TRANSPORT) private readonly transport: EventPublisher,
    @Inject(EVENT_METRICS) private readonly metrics: EventMetrics = NO_EVENT_METRICS,
  ) {}

  /**
   * Publishes an event, or each of an array of events, and says what became of them. Those that were published, or should be
   * sent again, are echoed with their `source_type`; failed ones, among them elements that are no objects, as they came. What
   * is not delivered within 4 s is to be sent again.
   *
   * @param text the JSON that the body was read from, where there is one: events are passed on, and the answer is written, with the
   * digits that stand in it, which JavaScript's numbers may not hold
   * @param onFailed told once where events failed, of the first what is wrong with it
   * @throws CanopsisError 400 `invalid event payload.` where the body is neither, or nested over 100 deep.
   */
  async receive(body: unknown, text?: string, onFailed?: (problem: string) => void): Promise<EventsAnswer> {
    if (!(isJsonObject(body) || Array.isArray(body)))
      throw invalidPayload('event', 'the body must be an object or an array of objects');
    if (isDeeperThanEvents(body)) throw invalidPayload('event', 'the body must be nested at most 100 deep');
    const valid: ValidItem[] = [];
    const items = itemsIn(body, text).map((item) => {
      if (!isValid(item)) return item;
      const completed = withSourceTypeOf(item);
      valid.push(completed);
      return completed;
    });
    if (valid.length < items.length) this.tellOfFailed(items, onFailed);
    await this.publishAll(valid);
    return answerOf(items, text !== undefined);
  }

  /** In the log each problem once, however many events have it. */
  private tellOfFailed(items: readonly Item[], onFailed?: (problem: string) => void): void {
    const counts = new Map<string, number>();
    let first: string | undefined;
    for (const [at, { list, given }] of items.entries()) {
      if (list !== 'failed_events') continue;
      this.metrics.eventPoisoned('failed');
      const problem = problemOf(given) ?? '';
      first ??= items.length === 1 ? problem : `event ${at}: ${problem}`;
      counts.set(problem, (counts.get(problem) ?? 0) + 1);
    }
    for (const [problem, count] of counts)
      this.logger.debug(`${count === 1 ? 'An event' : `${count} events`} failed: ${problem}`);
    if (first !== undefined) onFailed?.(first);
  }

  /** Never rejects; notes at each what was delivered. */
  private async publishAll(items: readonly ValidItem[]): Promise<void> {
    const until = performance.now() + CALL_LIMIT_MS;
    const todo = items.values();
    const work = async (): Promise<void> => {
      for (const item of todo) {
        const limitMs = until - performance.now();
        if (limitMs <= 0) return;
        await this.publish(item, limitMs);
      }
    };
    const workers = Array.from({ length: Math.min(PARALLEL, items.length) }, work);
    // The transport's own end of waiting comes at the same time.
    await withTimeout(CALL_LIMIT_MS, Promise.all(workers)).catch(() => undefined);
  }

  /** Never rejects. */
  private async publish(item: ValidItem, limitMs: number): Promise<void> {
    try {
      await this.transport.publish(item.given, { text: item.text, limitMs });
      item.list = 'sent_events';
    } catch (error) {
      this.logger.debug(`An event was not delivered: ${errorText(error)}`);
    }
  }
}

function itemsIn(body: unknown, text: string | undefined): Item[] {
  if (!Array.isArray(body)) return [{ list: 'failed_events', given: body, text: text?.trim() }];
  const texts = text === undefined ? [] : elementTexts(text);
  return body.map((given: unknown, at) => ({ list: 'failed_events', given, text: texts[at] }));
}

const isValid = (item: Item): item is ValidItem => problemOf(item.given) === undefined;

const problemOf = (given: unknown): string | undefined =>
  isJsonObject(given) ? eventProblem(given) : 'an event must be an object';

/** To be sent again, unless it is delivered. */
function withSourceTypeOf({ given, text }: ValidItem): ValidItem {
  const event = withSourceType(given);
  const written = text && withMember(text, 'source_type', JSON.stringify(event['source_type']));
  return { list: 'retry_events', given: event, text: written };
}

function answerOf(items: readonly Item[], hasTexts: boolean): EventsAnswer {
  const ended = LISTS.map((list) => [list, items.filter((item) => item.list === list)] as const);
  const answer = Object.fromEntries(
    ended.map(([list, these]) => [list, these.map(({ given }) => given)]),
  ) as unknown as EventsAnswer;
  if (!hasTexts) return answer;
  const lists = ended.map(([list, these]) => `"${list}":[${these.map(({ text }) => text).join(',')}]`);
  return writtenAs(answer, `{${lists.join(',')}}`);
}
