import { type Described, type Schema, exactly, schemaRef, unixSeconds } from '../../openapi/described';
import { STATES } from '../heartbeat-state';
import type { WrongField } from '../overview/event-matching';
import type { EventsAnswer, MatchAnswer, NamedHeartbeat } from './event-lookup.service';
import type { UnmatchedSource } from './unmatched-sources';

const count = (description: string): Schema => ({ type: 'integer', minimum: 0, description });

const event = { connector: 'batch', connector_name: 'lille', event_type: 'check', component: 'srv-lille' };
const named: NamedHeartbeat = {
  _id: 'eaadc64a-a0ef-4c5c-8453-a45e574fd5ca',
  name: 'Batch of Lille',
  state: 'up',
};
const wrong: WrongField = { field: 'component', wanted: 'srv-lyon', found: 'srv-lille' };
const match: MatchAnswer = {
  matching: [named],
  almost: [{ ...named, _id: '5e6ab1e6-9af1-4a0b-b4ad-9d2dd5a3a5a6', name: 'Batch of Lyon', wrong: [wrong] }],
};
const recent: EventsAnswer = {
  events: [{ at: 1_700_000_600.112, event, matches: 1 }],
  unmatched: [{ connector: 'batch', connector_name: 'brest', count: 12, last: 1_700_000_590.5 }],
};

const namedFields: Record<keyof NamedHeartbeat, Schema> = {
  _id: { type: 'string', description: 'Id of the heartbeat.' },
  name: { type: 'string', description: 'Its name, or without one its pattern.' },
  state: { type: 'string', enum: STATES },
};

/** What is to be said of the calls that hold events against heartbeats. */
export const EVENT_LOOKUP: Described = {
  tag: { name: 'Patterns', description: 'Events against patterns, for those who write them.' },
  schemas: {
    NamedHeartbeat: exactly<NamedHeartbeat>(namedFields),
    AlmostMatching: exactly<MatchAnswer['almost'][number]>({
      ...namedFields,
      wrong: {
        type: 'array',
        minItems: 1,
        items: exactly<WrongField>({
          field: { type: 'string', description: 'The field of the pattern that differs.' },
          wanted: { type: 'string', description: 'What the pattern has there.' },
          found: {
            type: ['string', 'null'],
            description: 'What the event has there, as text; null where nothing that could match.',
          },
        }),
      },
    }),
  },
  calls: {
    match: {
      id: 'matchEvent',
      summary: 'Find the heartbeats that an event belongs to',
      description:
        'Nothing is sent, and nothing changes; `read` is all that it needs. Almost matching are at most 50 whose pattern differs in one field of several, or, where it has one only, in case and white space.',
      body: {
        schema: { type: 'object', description: 'An event, nested at most 100 deep.' },
        examples: { event },
      },
      answer: {
        description: 'The heartbeats.',
        schema: exactly<MatchAnswer>({
          matching: { type: 'array', items: schemaRef('NamedHeartbeat') },
          almost: { type: 'array', maxItems: 50, items: schemaRef('AlmostMatching') },
        }),
        examples: { match },
      },
      errors: ['InvalidEvent', 'InvalidJson', 'DatabaseErrorWriting'],
    },
    recent: {
      id: 'listRecentEvents',
      summary: 'List what came lately',
      description:
        'Of the process that answers, and in its memory: the last 200 events, of at most 16 KiB each, and of the last hour who sent events that belonged to no heartbeat.',
      answer: {
        description: 'Events and sources.',
        schema: exactly<EventsAnswer>({
          events: {
            type: 'array',
            maxItems: 200,
            items: exactly<EventsAnswer['events'][number]>({
              at: unixSeconds('When it came.'),
              event: { type: 'object', description: 'As it was sent.' },
              matches: count('How many heartbeats it belongs to, as they are now.'),
            }),
          },
          unmatched: {
            type: 'array',
            items: exactly<UnmatchedSource>({
              connector: { type: 'string', description: 'Empty where the events have none.' },
              connector_name: { type: 'string', description: 'Empty where the events have none.' },
              count: count('How many came within the last hour.'),
              last: unixSeconds('When the last one came.'),
            }),
          },
        }),
        examples: { recent },
      },
      errors: ['DatabaseErrorReading'],
    },
  },
};
