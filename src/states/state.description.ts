import { pageOf } from '../canopsis/answers';
import { HEARTBEAT_ID, PAGE_QUERY, listOf } from '../heartbeat/heartbeat.description';
import { Described, Schema, exactly, schemaRef, unixSeconds } from '../openapi/described';
import { STATES } from './heartbeat-state';
import { SORT_FIELDS } from './state-query';
import type { StateDocument } from './state-row';

const time = (description: string): Schema => ({
  description: unixSeconds(description).description,
});

const example: StateDocument = {
  _id: 'eaadc64a-a0ef-4c5c-8453-a45e574fd5ca',
  state: 'up',
  since: 1_700_000_000.657,
  last_event: 1_700_000_600.112,
  deadline: 1_700_000_610.112,
  blind: false,
};

const { page, limit, sort } = PAGE_QUERY;

/** What is to be said of the calls for states. The document has the schemas of the heartbeats too. */
export const HEARTBEAT_STATES: Described = {
  tag: { name: 'States', description: 'What the engine knows of each heartbeat.' },
  parameters: { id: HEARTBEAT_ID },
  schemas: {
    State: exactly<StateDocument>(
      {
        _id: { type: 'string', description: 'Id of the heartbeat.' },
        state: {
          type: 'string',
          enum: STATES,
          description:
            '`waiting` for the first event; `up`; `down`, its alarm is open; `paused`, it is not watched for now; `invalid`, it cannot be watched.',
        },
        since: { type: 'number', ...time('When this state began.') },
        last_event: {
          type: ['number', 'null'],
          ...time('When the last matching event was processed; null before the first.'),
        },
        deadline: {
          type: ['number', 'null'],
          ...time(
            'Silence from here on is an alarm; null where it is `invalid`. Where it is `paused`: when the pause ends, or null.',
          ),
        },
        blind: {
          type: 'boolean',
          description: 'Whether no engine can hear events now, so that silence is no evidence.',
        },
        reason: {
          type: 'string',
          description:
            'Why it is `invalid`; or why it is `paused`, where a reason was given, or `maintenance: ` and the name of the window. Absent otherwise.',
        },
      },
      ['reason'],
    ),
  },
  calls: {
    get: {
      id: 'getState',
      summary: 'Read the state of a heartbeat',
      answer: { description: 'Its state.', schema: schemaRef('State'), examples: { up: example } },
      errors: ['HeartbeatNotFound', 'DatabaseErrorReading'],
    },
    list: {
      id: 'listStates',
      summary: 'List all states, or some of them',
      description:
        'Without any parameter but `state`, a bare array, the last change first. With one of the others, a page.',
      query: {
        state: { description: 'Only this state.', type: 'string', enum: STATES },
        page: page ?? {},
        limit: limit ?? {},
        search: { ...PAGE_QUERY.search, description: 'Part of the id, in any case.' },
        sort: sort ?? {},
        sort_by: { ...PAGE_QUERY.sort_by, enum: SORT_FIELDS, default: 'since' },
      },
      answer: {
        description: 'The states; none past the last page.',
        schema: listOf('State'),
        examples: { all: [example], page: pageOf([example], 1, 10, 1) },
      },
      errors: ['InvalidQueryParameter', 'DatabaseErrorReading'],
    },
  },
};
