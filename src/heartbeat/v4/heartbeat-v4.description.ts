import type { Pattern } from '../../domain/pattern';
import { PATTERN_KEY } from '../../domain/pattern';
import { intervalPattern } from '../../domain/interval-pattern';
import { type V4Document, v4Document } from '../../canopsis/v4/document';
import { MAX_TEXT_LENGTH } from '../../canopsis/v4/generation';
import { SORT_FIELDS } from '../../domain/heartbeat-fields';
import { accountOf42, accountOf43 } from '../../canopsis/v4/account';
import { RIGHTS } from '../../auth/rights';
import { type Content, type Described, type Schema, exactly, schemaRef } from '../../openapi/described';
import { MAX_SEARCH_LENGTH } from '../search';
import { LOCATION, HEARTBEAT_ID } from '../heartbeat.description';

const ID = 'eaadc64a-a0ef-4c5c-8453-a45e574fd5ca';
const pattern: Pattern = { connector: 'c1' };
const body = { name: 'n', description: 'd', author: 'root', pattern, expected_interval: '10m' };
const document = v4Document({ _id: ID, ...body, created: 1_795_817_920, updated: 1_795_817_920 });

const text = (description: string): Schema => ({
  type: 'string',
  description,
  minLength: 1,
  maxLength: MAX_TEXT_LENGTH,
});
const time = (description: string): Schema => ({ type: ['integer', 'null'], description });

const OUTPUT: Schema = {
  type: ['string', 'null'],
  maxLength: MAX_TEXT_LENGTH,
  description: 'What its alarms say.',
};

const FIELDS: Readonly<Record<string, Schema>> = {
  name: text('What it is called; no other heartbeat has the same.'),
  description: text('What it is for.'),
  author: text('Who made it; in canopsis-4.3 it is the caller, whatever is sent.'),
  pattern: {
    type: 'object',
    description:
      'Each key is a top-level field that an event must have, with this value, as text; at most 64 KiB as JSON. No other heartbeat has the same.',
    minProperties: 1,
    propertyNames: { pattern: PATTERN_KEY.source.replaceAll('\\0', '\\u0000') },
    additionalProperties: { type: 'string' },
  },
  expected_interval: {
    type: 'string',
    pattern: intervalPattern(),
    description:
      'How often such an event comes at least: a whole number of seconds, minutes or hours; ten years at most.',
  },
  output: OUTPUT,
};
const REQUIRED = Object.keys(FIELDS).filter((name) => name !== 'output');

const bodySchema = (description: string, id?: Schema): Schema => ({
  type: 'object',
  description,
  required: [...REQUIRED, ...(id?.minLength === 1 ? ['_id'] : [])],
  properties: { ...FIELDS, ...(id && { _id: id }) },
});

const many = (items: string): Schema => ({ type: 'array', minItems: 1, items: schemaRef(items) });

const one: Content = { schema: schemaRef('V4Heartbeat'), examples: { heartbeat: document } };
const several: Content = { schema: many('V4Heartbeat'), examples: { heartbeats: [document] } };
const meta = { page: 1, per_page: 10, page_count: 1, total_count: 1 };
const count = (minimum: number, description: string): Schema => ({ type: 'integer', minimum, description });

const TAG = { name: 'Version 4', description: 'The calls of Canopsis 4.2 and 4.3, on the same heartbeats.' };

/** What is to be said of the calls of version 4 for one heartbeat, and of its list. */
export const HEARTBEATS_V4: Described = {
  tag: TAG,
  version: 'v4',
  parameters: { id: HEARTBEAT_ID },
  schemas: {
    V4NewHeartbeat: bodySchema('A heartbeat to be created.', {
      type: ['string', 'null'],
      maxLength: MAX_TEXT_LENGTH,
      description: 'Its id; absent or empty: a new one.',
    }),
    V4HeartbeatBody: bodySchema('What a heartbeat is to become; `_id` is ignored.'),
    V4ChangedHeartbeat: bodySchema('What the heartbeat with this id is to become.', {
      type: 'string',
      minLength: 1,
      description: 'Its id.',
    }),
    V4Heartbeat: {
      description: 'A heartbeat as version 4 answers it.',
      ...exactly<V4Document>({
        _id: { type: 'string', description: 'Its id.' },
        name: { type: 'string' },
        description: { type: 'string' },
        author: { type: 'string' },
        pattern: { type: 'object', additionalProperties: { type: 'string' } },
        expected_interval: { type: 'string', description: 'In the largest unit that is exact.' },
        output: { type: 'string' },
        created: time('Unix seconds.'),
        updated: time('Unix seconds.'),
      }),
    },
  },
  calls: {
    create: {
      id: 'createHeartbeatV4',
      summary: 'Create a heartbeat',
      body: { schema: schemaRef('V4NewHeartbeat'), examples: { heartbeat: body } },
      answer: { status: 201, description: 'It is stored.', ...one, headers: LOCATION },
      v4Errors: ['InvalidStructure', 'InvalidFields'],
    },
    list: {
      id: 'listHeartbeatsV4',
      summary: 'List a page of heartbeats, or all',
      query: {
        page: { ...count(1, 'Number of the page, from 1.'), maximum: Number.MAX_SAFE_INTEGER },
        limit: { ...count(1, 'How many are on a page.'), maximum: Number.MAX_SAFE_INTEGER },
        paginate: { type: 'boolean', description: 'false: all on one page.' },
        sort: { enum: ['asc', 'desc'], description: 'Direction.' },
        sort_by: { enum: [...SORT_FIELDS], description: 'What to sort by; equal ones by their ids.' },
        search: {
          type: 'string',
          maxLength: MAX_SEARCH_LENGTH,
          description:
            'Part of the name, the description or the author, in any case; in canopsis-4.3 also of the id.',
        },
      },
      answer: {
        description: 'The page.',
        schema: exactly<{ data: unknown; meta: unknown }>({
          data: { type: 'array', items: schemaRef('V4Heartbeat') },
          meta: exactly<typeof meta>({
            page: count(1, 'As asked for.'),
            per_page: count(0, 'The `limit`, or how many there are.'),
            page_count: count(1, 'How many pages there are.'),
            total_count: count(0, 'How many there are on all pages together.'),
          }),
        }),
        examples: { page: { data: [document], meta } },
      },
      v4Errors: ['InvalidStructure', 'InvalidSorting', 'PageOutOfRange'],
    },
    get: {
      id: 'getHeartbeatV4',
      summary: 'Read a heartbeat',
      answer: { description: 'The heartbeat.', ...one },
      v4Errors: ['NotFound'],
    },
    replace: {
      id: 'replaceHeartbeatV4',
      summary: 'Replace a heartbeat',
      description: 'All but its id and the time of its creation is replaced.',
      body: { schema: schemaRef('V4HeartbeatBody'), examples: { heartbeat: body } },
      answer: { description: 'It is stored.', ...one, headers: LOCATION },
      v4Errors: ['InvalidStructure', 'InvalidFields', 'NotFound'],
    },
    remove: {
      id: 'removeHeartbeatV4',
      summary: 'Remove a heartbeat',
      description: 'An alarm of it that is open is resolved.',
      answer: { status: 204, description: 'It is gone.' },
      v4Errors: ['NotFound'],
    },
  },
};

/** What is to be said of the bulk calls. */
export const BULK_V4: Described = {
  tag: TAG,
  version: 'v4',
  calls: {
    create: {
      id: 'createHeartbeatsV4',
      summary: 'Create many heartbeats, or none',
      body: { schema: many('V4NewHeartbeat'), examples: { heartbeats: [body] } },
      answer: { status: 201, description: 'All are stored; they are in the order sent.', ...several },
      v4Errors: ['InvalidStructure', 'InvalidItems', 'InvalidFields'],
    },
    replace: {
      id: 'replaceHeartbeatsV4',
      summary: 'Replace many heartbeats, or none',
      body: { schema: many('V4ChangedHeartbeat'), examples: { heartbeats: [{ _id: ID, ...body }] } },
      answer: { description: 'All are stored; they are in the order sent.', ...several },
      v4Errors: ['InvalidStructure', 'InvalidItems', 'InvalidFields', 'IdsNotFound'],
    },
    remove: {
      id: 'removeHeartbeatsV4',
      summary: 'Remove many heartbeats, or none',
      description: 'Where the address would be too long, a JSON body `{"ids":["…"]}` does the same.',
      query: {
        'ids[]': {
          type: 'array',
          minItems: 1,
          items: { type: 'string' },
          description: 'Their ids.',
          examples: [[ID]],
        },
      },
      requiredQuery: ['ids[]'],
      answer: { status: 204, description: 'All are gone.' },
      v4Errors: ['InvalidIds', 'IdsNotFound'],
    },
  },
};

const account = { name: 'root', rights: RIGHTS };

/** What is to be said of who calls. */
export const ACCOUNT_V4: Described = {
  tag: TAG,
  version: 'v4',
  calls: {
    me: {
      id: 'getAccountV4',
      summary: 'Read who calls, and what they may do',
      answer: {
        description: 'The user, with `rights` in the form of Canopsis 4.2, or `permissions` in that of 4.3.',
        schema: { type: 'object', required: ['_id'], properties: { _id: { type: 'string' } } },
        examples: { 'canopsis-4': accountOf42(account), 'canopsis-4.3': accountOf43(account) },
      },
    },
  },
};
