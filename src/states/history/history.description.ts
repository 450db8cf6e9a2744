import { HEARTBEAT_ID, PAGE_QUERY } from '../../heartbeat/heartbeat.description';
import { type Described, type Schema, exactly, schemaRef, unixSeconds } from '../../openapi/described';
import { ALARM_STATES } from './alarm-query';
import { type Alarm, MOST_ALARMS, type Past, type Span } from './history.service';

const end: Schema = { ...unixSeconds('When it ended; null while it lasts.'), type: ['number', 'null'] };

const past: Past = {
  arrivals: [1_700_000_000.112, 1_700_000_600.112],
  alarms: [{ from: 1_700_001_500.657, to: 1_700_001_800.2 }],
  blind: [{ from: 1_700_000_100, to: 1_700_000_130 }],
};
const alarm: Alarm = {
  heartbeat: 'eaadc64a-a0ef-4c5c-8453-a45e574fd5ca',
  name: 'Batch of Lille',
  from: 1_700_001_500.657,
  to: null,
};

const { page, limit } = PAGE_QUERY;

/** What is to be said of the calls for what was. */
export const HISTORY: Described = {
  tag: { name: 'History', description: 'What was: arrivals and alarms.' },
  parameters: { id: HEARTBEAT_ID },
  schemas: {
    Span: exactly<Span>({ from: unixSeconds('When it began.'), to: end }),
    Alarm: exactly<Alarm>({
      heartbeat: { type: 'string', description: 'Id of the heartbeat.' },
      name: { type: 'string', description: 'Its name, or without one its pattern.' },
      from: unixSeconds('When it was raised.'),
      to: end,
    }),
  },
  calls: {
    past: {
      id: 'getPast',
      summary: 'Read the past of a heartbeat',
      description:
        'All the oldest first. Arrivals are for pictures: the last 40, at most 20 for each interval, and known 5 s after they came. Of alarms the last 50 are kept, besides the one that is open; of times in which no engine could hear, which are the same for all heartbeats, the last 100.',
      answer: {
        description: 'What is known.',
        schema: exactly<Past>({
          arrivals: { type: 'array', maxItems: 40, items: unixSeconds('When an event came.') },
          alarms: { type: 'array', items: schemaRef('Span') },
          blind: { type: 'array', items: schemaRef('Span') },
        }),
        examples: { past },
      },
      errors: ['HeartbeatNotFound', 'DatabaseErrorReading'],
    },
    alarms: {
      id: 'listAlarms',
      summary: 'List the alarms of all heartbeats',
      description: `The open ones, the last raised first; then the others, the last resolved first. The last ${MOST_ALARMS} can be asked for.`,
      query: {
        page: page ?? {},
        limit: limit ?? {},
        state: { description: 'Only these.', type: 'string', enum: ALARM_STATES },
      },
      answer: {
        description: 'The alarms of the page; none past the last one.',
        schema: { type: 'array', items: schemaRef('Alarm') },
        examples: { open: [alarm] },
      },
      errors: ['InvalidQueryParameter', 'DatabaseErrorReading'],
    },
  },
};
