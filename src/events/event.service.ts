import { Inject, Injectable, Logger } from '@nestjs/common';
import { invalidPayload } from '../canopsis/canopsis-error';
import { type CanopsisEvent, eventProblem, isJsonObject, withSourceType } from './event';
import { ENGINE_METRICS, type EngineMetrics, NO_METRICS } from '../metrics/engine-metrics';
import { EVENT_TRANSPORT, type EventTransport } from './event-transport';

/** How many events of one request are published at once. */
const PARALLEL = 1_000;

/** As deep as a document database stores; deeper ones could not even be echoed. */
const DEEPEST = 100;

/** The answer to `POST /api/v2/event`: each event in the list where it ended, in the order in which they came. */
export interface EventsAnswer {
  sent_events: unknown[];
  retry_events: unknown[];
  failed_events: unknown[];
}

interface Outcome {
  readonly list: keyof EventsAnswer;
  readonly event: unknown;
}

/** Takes events that come over HTTP (contract: engine, "Events in"). */
@Injectable()
export class EventService {
  private readonly logger = new Logger(EventService.name);

  constructor(
    @Inject(EVENT_TRANSPORT) private readonly transport: EventTransport,
    @Inject(ENGINE_METRICS) private readonly metrics: Pick<EngineMetrics, 'eventPoisoned'> = NO_METRICS,
  ) {}

  /**
   * Publishes an event, or each of an array of events, and says what became of them. Those that were published, or should be
   * sent again, are echoed with their `source_type`; failed ones, among them elements that are no objects, as they came.
   *
   * @throws CanopsisError 400 `invalid event payload.` where the body is neither, or nested over 100 deep.
   */
  async receive(body: unknown): Promise<EventsAnswer> {
    if (!(isJsonObject(body) || Array.isArray(body)) || isDeeper(body, DEEPEST))
      throw invalidPayload('event');
    const events: unknown[] = Array.isArray(body) ? body : [body];
    const outcomes = new Array<Outcome>(events.length);
    const todo = events.entries();
    const work = async (): Promise<void> => {
      for (const [i, event] of todo) outcomes[i] = await this.send(event);
    };
    await Promise.all(Array.from({ length: Math.min(PARALLEL, events.length) }, work));
    const ended = (list: keyof EventsAnswer): unknown[] =>
      outcomes.filter((outcome) => outcome.list === list).map(({ event }) => event);
    return {
      sent_events: ended('sent_events'),
      retry_events: ended('retry_events'),
      failed_events: ended('failed_events'),
    };
  }

  private async send(given: unknown): Promise<Outcome> {
    if (!isJsonObject(given) || eventProblem(given) !== undefined) {
      this.metrics.eventPoisoned();
      return { list: 'failed_events', event: given };
    }
    const event: CanopsisEvent = withSourceType(given);
    try {
      await this.transport.publish(event);
      return { list: 'sent_events', event };
    } catch (error) {
      this.logger.debug(`An event was not delivered: ${(error as Error).message}`);
      return { list: 'retry_events', event };
    }
  }
}

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((inner) => isDeeper(inner, levels - 1));
}
