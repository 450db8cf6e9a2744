import { Deed, DoneAnswer, Page, done, pageOf } from '../canopsis/answers';
import { DialectName, HeartbeatDocument, dialectOf } from '../domain/dialect';
import type { StoredHeartbeat } from './heartbeat.schema';
import { Content, Described, Schema, exactly, schemaRef } from '../openapi/described';
import { schemaOfDto } from '../openapi/schema-of-dto';
import { HeartbeatDto } from './dto/heartbeat.dto';
import { ListQueryDto } from './dto/list-query.dto';
import { intervalPattern } from '../domain/interval-pattern';
import { PATTERN_KEY } from '../domain/pattern';

const PATTERN: Schema = {
  description: 'At most 64 KiB as JSON.',
  type: 'object',
  minProperties: 1,
  // Not every reader of regular expressions knows `\\0`.
  propertyNames: { pattern: PATTERN_KEY.source.replaceAll('\\0', '\\u0000') },
  additionalProperties: { type: 'string' },
};

/** The id in a path. */
export const HEARTBEAT_ID: Schema = {
  description: 'Id of the heartbeat: a UUID, or from Canopsis 3 the MD5 of its pattern.',
  type: 'string',
  minLength: 1,
  examples: ['eaadc64a-a0ef-4c5c-8453-a45e574fd5ca'],
};

const TEXTS = {
  author: 'Who made it.',
  name: 'What it is called.',
  description: 'What it is for.',
  output: 'What its alarms say.',
};

const body = schemaOfDto(
  new HeartbeatDto({}),
  {
    pattern:
      'Each key is a top-level field that an event must have, with this value, as text. No other heartbeat has the same.',
    expected_interval:
      'How often such an event comes at least: a whole number of seconds, minutes or hours; ten years at most.',
    ...TEXTS,
  },
  {
    isPattern: PATTERN,
    isInterval: { type: 'string', pattern: intervalPattern() },
    isText: { type: 'string' },
  },
);

/** The query of a page of a list. */
export const PAGE_QUERY = schemaOfDto(new ListQueryDto(), {
  page: 'Number of the page, from 1.',
  limit: 'How many are on a page.',
  search: 'Part of the name, the description, the author, the id or a value of the pattern, in any case.',
  sort: 'Direction.',
  sort_by: 'What to sort by; equal ones are in the order of their ids.',
}).properties;

const FIELDS: Readonly<Record<keyof HeartbeatDocument, Schema>> = {
  _id: { type: 'string', description: 'Its id.' },
  pattern: { type: 'object', description: 'As it was sent.', additionalProperties: { type: 'string' } },
  expected_interval: { type: 'string', description: 'As it was sent.' },
  created: { type: 'integer', description: 'Unix seconds.' },
  updated: { type: 'integer', description: 'Unix seconds.' },
  author: { type: 'string', description: TEXTS.author },
  name: { type: 'string', description: TEXTS.name },
  description: { type: 'string', description: TEXTS.description },
  output: { type: 'string', description: TEXTS.output },
};

const pattern = { connector: 'c1', connector_name: 'connector1' };
const timed = { pattern, expected_interval: '10s', created: 1_700_000_000, updated: 1_700_000_600 };
const texts = {
  author: 'root',
  name: 'Connector 1',
  description: 'It is polled.',
  output: 'Connector 1 is silent',
};

/** The same heartbeat as each generation answers it. */
const example = (name: DialectName, stored: Omit<StoredHeartbeat, '_id'>): HeartbeatDocument => {
  const dialect = dialectOf(name);
  const _id = name === 'canopsis-3' ? dialect.newId(pattern) : 'eaadc64a-a0ef-4c5c-8453-a45e574fd5ca';
  return dialect.present({ _id, ...stored });
};

/** What a dialect always shows, and what it shows where it was given, is learnt from the dialect itself. */
function documentSchema(name: DialectName): Schema {
  const full = Object.keys(example(name, { ...timed, ...texts })) as (keyof HeartbeatDocument)[];
  const least = Object.keys(example(name, timed));
  const fields = Object.fromEntries(full.map((field) => [field, FIELDS[field]]));
  return {
    description: `A heartbeat as ${name} answers it.`,
    ...exactly<Record<string, unknown>>(
      fields,
      full.filter((field) => !least.includes(field)),
    ),
  };
}

const examples = {
  'canopsis-4': example('canopsis-4', { ...timed, ...texts }),
  'canopsis-3': example('canopsis-3', timed),
};
const id = examples['canopsis-4']._id;

/** The schema of a list: the bare array, or a page of it. */
export const listOf = (item: string): Schema => ({
  oneOf: [
    { type: 'array', items: schemaRef(item) },
    exactly<Page<unknown>>({
      data: { type: 'array', items: schemaRef(item) },
      meta: schemaRef('PageMeta'),
    }),
  ],
});

const count = (minimum: number, description: string): Schema => ({ type: 'integer', minimum, description });

/** @returns the answer to what was done to a heartbeat */
export const answered = (verb: Deed): Content => ({
  schema: exactly<DoneAnswer>({
    name: { const: done(verb, '').name },
    description: { type: 'string', description: 'The id.' },
  }),
  examples: { [verb]: done(verb, id) },
});

/** The header that names the heartbeat. */
export const LOCATION = {
  Location: { description: 'Its path.', required: true, schema: { type: 'string' } },
};

const sent: Content = {
  schema: schemaRef('HeartbeatBody'),
  examples: {
    least: { pattern, expected_interval: '10s' },
    full: { pattern, expected_interval: '10s', ...texts },
  },
};

/** What is to be said of the calls for heartbeats. */
export const HEARTBEATS: Described = {
  tag: { name: 'Heartbeats', description: 'The rules: which events must come, and how often.' },
  parameters: { id: HEARTBEAT_ID },
  schemas: {
    HeartbeatBody: {
      type: 'object',
      description: 'A heartbeat as it is sent. Other fields are ignored; `null` counts as absent.',
      required: body.required,
      properties: body.properties,
    },
    Heartbeat: { oneOf: [schemaRef('HeartbeatOfCanopsis4'), schemaRef('HeartbeatOfCanopsis3')] },
    HeartbeatOfCanopsis3: documentSchema('canopsis-3'),
    HeartbeatOfCanopsis4: documentSchema('canopsis-4'),
    PageMeta: exactly<Page<unknown>['meta']>({
      page: count(1, 'As asked for.'),
      per_page: count(1, 'The `limit`.'),
      page_count: count(1, 'How many pages there are; 1 where there is nothing.'),
      total_count: count(0, 'How many there are on all pages together.'),
    }),
  },
  calls: {
    create: {
      id: 'createHeartbeat',
      summary: 'Create a heartbeat',
      body: sent,
      answer: {
        description: 'It is stored; `description` is its id.',
        ...answered('created'),
        headers: LOCATION,
        links: ['getHeartbeat', 'replaceHeartbeat', 'removeHeartbeat', 'getState'],
      },
      errors: ['InvalidHeartbeat', 'InvalidJson', 'PatternExists', 'DatabaseErrorWriting'],
    },
    list: {
      id: 'listHeartbeats',
      summary: 'List all heartbeats, or a page of them',
      description:
        'Without any of these parameters, a bare array: the oldest first in canopsis-3, the newest first in canopsis-4. With one of them, a page.',
      query: PAGE_QUERY,
      answer: {
        description: 'All heartbeats, or those of the page; none past the last page.',
        schema: listOf('Heartbeat'),
        examples: {
          all: [examples['canopsis-4']],
          page: pageOf([examples['canopsis-4']], 1, 10, 1),
          'all in canopsis-3': [examples['canopsis-3']],
        },
      },
      errors: ['InvalidQueryParameter', 'DatabaseErrorReading'],
    },
    get: {
      id: 'getHeartbeat',
      summary: 'Read a heartbeat',
      answer: { description: 'The heartbeat.', schema: schemaRef('Heartbeat'), examples },
      errors: ['HeartbeatNotFound', 'DatabaseErrorReading'],
    },
    replace: {
      id: 'replaceHeartbeat',
      summary: 'Replace a heartbeat',
      description:
        'All but its id and the time of its creation is replaced; texts that are not sent are gone.',
      body: sent,
      answer: { description: 'It is stored.', ...answered('updated'), headers: LOCATION },
      errors: [
        'InvalidHeartbeat',
        'InvalidJson',
        'PatternExists',
        'HeartbeatNotFound',
        'DatabaseErrorWriting',
      ],
    },
    remove: {
      id: 'removeHeartbeat',
      summary: 'Remove a heartbeat',
      description: 'An alarm of it that is open is resolved.',
      answer: { description: 'It is gone.', ...answered('removed') },
      errors: ['HeartbeatNotFound', 'DatabaseErrorWriting'],
    },
  },
};
