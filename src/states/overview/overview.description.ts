import { pageOf } from '../../canopsis/answers';
import { PAGE_QUERY } from '../../heartbeat/heartbeat.description';
import { type Described, type Schema, exactly, schemaRef, unixSeconds } from '../../openapi/described';
import { STATES } from '../heartbeat-state';
import { OVERVIEW_SORTS } from './overview-query';
import type { OverviewAnswer, OverviewMeta } from './overview.service';
import type { OverviewRow } from './overview-row';

const row: OverviewRow = {
  _id: 'eaadc64a-a0ef-4c5c-8453-a45e574fd5ca',
  pattern: { connector: 'batch', connector_name: 'lille' },
  expected_interval: '15m',
  created: 1_700_000_000,
  updated: 1_700_000_000,
  author: 'root',
  name: 'Batch of Lille',
  state: 'up',
  since: 1_700_000_000.657,
  last_event: 1_700_000_600.112,
  deadline: 1_700_001_500.112,
  gaps: [66, 67, 66, 80],
};
const counts = { up: 9_986, down: 12, waiting: 3, paused: 0, invalid: 0 };
const first = pageOf([row], 1, 100, 10_001);
const example: OverviewAnswer = {
  ...first,
  meta: { ...first.meta, counts, blind_since: null, cursor: 1_700_000_601.5 },
};

/** A time in unix seconds, or null. */
export const seconds = (description: string): Schema => ({
  ...unixSeconds(description),
  type: ['number', 'null'],
});

/** How many heartbeats are in each state. */
export const COUNTS: Schema = exactly<OverviewMeta['counts']>({
  up: { type: 'integer', minimum: 0 },
  down: { type: 'integer', minimum: 0 },
  waiting: { type: 'integer', minimum: 0 },
  paused: { type: 'integer', minimum: 0 },
  invalid: { type: 'integer', minimum: 0 },
});

/** Since when nobody hears. */
export const BLIND_SINCE = seconds(
  'Since when silence is no evidence, and raises no alarm; null where it is.',
);

/** From where a stream of changes goes on. */
export const CURSOR: Schema = { type: 'number', description: 'For `after` of the changes.' };

const { page, limit, sort } = PAGE_QUERY;
const text = (description: string): Schema => ({ type: 'string', description });

/** What is to be said of the overview. The document has the schemas of the heartbeats and of the states too. */
export const OVERVIEW: Described = {
  tag: { name: 'Overview', description: 'Heartbeats with their states, for people who look.' },
  schemas: {
    OverviewRow: exactly<OverviewRow & { reason?: string }>(
      {
        _id: text('Id of the heartbeat.'),
        pattern: { description: 'As it was sent; another program may have written anything.' },
        expected_interval: { description: 'As it was sent; another program may have written anything.' },
        created: { type: ['number', 'null'], description: 'Unix seconds.' },
        updated: { type: ['number', 'null'], description: 'Unix seconds.' },
        author: text('Who made it.'),
        name: text('What it is called.'),
        description: text('What it is for.'),
        output: text('What its alarms say.'),
        state: { type: 'string', enum: STATES },
        since: unixSeconds('When this state began.'),
        last_event: seconds('When the last matching event was processed; null before the first.'),
        deadline: seconds(
          'Silence from here on is an alarm; null where it is `invalid`. Where it is `paused`: when the pause ends, or null.',
        ),
        gaps: {
          type: 'array',
          maxItems: 32,
          items: { type: 'integer', minimum: 0 },
          description: 'Of the last arrivals, oldest first: each gap between two in percent of the interval.',
        },
        reason: text('Why it cannot be watched.'),
      },
      ['author', 'name', 'description', 'output', 'reason'],
    ),
  },
  calls: {
    page: {
      id: 'getOverview',
      summary: 'Read a page of heartbeats with their states',
      description:
        'Answered from memory. The times of events are at most 2 s old; where they are what is sorted by, the order is that of a reading that takes at most a twentieth of the time.',
      query: {
        page: page ?? {},
        limit: limit ?? {},
        search: {
          ...PAGE_QUERY.search,
          description:
            'Part of the name, the description, the author, a value of the pattern or the id, in any case.',
        },
        state: { description: 'Only this state.', type: 'string', enum: STATES },
        sort_by: {
          ...PAGE_QUERY.sort_by,
          description:
            'What to sort by; equal ones are in the order of their ids. By `state`: down, invalid, waiting, up, and in each the last change first.',
          enum: OVERVIEW_SORTS,
          default: 'state',
        },
        sort: { ...sort, default: 'asc' },
      },
      answer: {
        description: 'The heartbeats of the page; none past the last one.',
        schema: exactly<OverviewAnswer>({
          data: { type: 'array', items: schemaRef('OverviewRow') },
          meta: exactly<OverviewAnswer['meta']>({
            page: { type: 'integer', minimum: 1 },
            per_page: { type: 'integer', minimum: 1 },
            page_count: { type: 'integer', minimum: 1 },
            total_count: { type: 'integer', minimum: 0 },
            counts: COUNTS,
            blind_since: BLIND_SINCE,
            cursor: CURSOR,
          }),
        }),
        examples: { page: example },
      },
      errors: ['InvalidQueryParameter', 'DatabaseErrorReading'],
    },
  },
};
