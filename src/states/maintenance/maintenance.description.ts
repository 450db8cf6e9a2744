import { type DoneAnswer, type Deed, done } from '../../canopsis/answers';
import { intervalPattern } from '../../domain/interval-pattern';
import { LONGEST_NAME, MAX_PART_BYTES } from '../../domain/maintenance';
import { PATTERN_KEY } from '../../domain/pattern';
import { LAST_SECOND } from '../../domain/pause';
import { LOCATION } from '../../heartbeat/heartbeat.description';
import {
  type Call,
  type Content,
  type Described,
  type Schema,
  exactly,
  schemaRef,
} from '../../openapi/described';
import { MOST_WINDOWS } from './maintenance-collection';
import type { MaintenanceDocument } from './maintenance.service';

const id = 'c0a1f9de-5f0e-4d0c-9a37-2f7c1a6f6f0e';

const once = { name: 'new disks', pattern: { component: 'lille' }, from: 4_102_444_800, to: 4_102_448_400 };
const weekly = { name: 'backup', cron: '0 2 * * SUN', timezone: 'Europe/Paris', duration: '3h' };
const stored = { created: 1_700_000_000, updated: 1_700_000_600 };
const examples: Record<string, MaintenanceDocument> = {
  once: { _id: id, ...once, ...stored, next: { from: once.from, to: once.to } },
  weekly: {
    ...{ _id: id, pattern: null, ...weekly, ...stored },
    next: { from: 1_700_355_600, to: 1_700_366_400 },
  },
};

const time = (type: Schema['type'], description: string): Schema => ({
  ...{ type, minimum: -LAST_SECOND, maximum: LAST_SECOND },
  description: `${description} Unix seconds, with milliseconds as decimals.`,
});
const FROM = 'When a window that comes once begins.';
const TO = 'When it is over, later than `from`.';
const CRON =
  'When one that comes again and again begins: minute, hour, day of the month, month, day of the week. A time that the clock leaves out in spring is the first one after it.';
const ZONE = "Whose clock that is: IANA's name.";
const DURATION =
  'How long it takes each time, written as an interval; shorter than the time from one to the next.';

const nullable = (schema: Schema): Schema => ({ ...schema, type: [schema['type'], 'null'] });
const body: Content = {
  schema: {
    type: 'object',
    description:
      'Either `from` and `to`, or `cron`, `timezone` and `duration`. Other fields are ignored; `null` counts as absent.',
    required: ['name'],
    properties: {
      name: { type: 'string', minLength: 1, maxLength: LONGEST_NAME, description: 'Shown with the state.' },
      pattern: {
        type: ['object', 'null'],
        minProperties: 1,
        propertyNames: { pattern: PATTERN_KEY.source.replaceAll('\\0', '\\u0000') },
        additionalProperties: { type: 'string' },
        description: `Which heartbeats: those whose patterns have all of these fields, with these values; absent: all. At most ${MAX_PART_BYTES} bytes as JSON.`,
      },
      from: time(['number', 'null'], FROM),
      to: time(['number', 'null'], TO),
      cron: nullable({ type: 'string', description: CRON }),
      timezone: nullable({ type: 'string', description: `${ZONE} Absent: UTC.` }),
      duration: nullable({ type: 'string', pattern: intervalPattern(), description: DURATION }),
    },
    oneOf: [
      { required: ['from', 'to'], properties: { from: { type: 'number' }, to: { type: 'number' } } },
      {
        required: ['cron', 'duration'],
        properties: { cron: { type: 'string' }, duration: { type: 'string' } },
      },
    ],
  },
  examples: { once, weekly },
};

const common = {
  _id: { type: 'string', description: 'Its id.' },
  name: { type: 'string', description: 'As it was sent.' },
  pattern: {
    type: ['object', 'null'],
    additionalProperties: { type: 'string' },
    description: 'As it was sent; null: all heartbeats.',
  },
};
const told = {
  created: { type: 'integer', description: 'Unix seconds.' },
  updated: { type: 'integer', description: 'Unix seconds.' },
  next: {
    oneOf: [
      exactly<Record<string, unknown>>({ from: time('number', FROM), to: time('number', TO) }),
      { type: 'null' },
    ],
    description: 'When it holds now, or next; null where it never will again.',
  },
};

const answered = (verb: Deed): Content => ({
  schema: exactly<DoneAnswer>({
    name: { const: done(verb, '', 'maintenance').name },
    description: { type: 'string', description: 'The id.' },
  }),
  examples: { [verb]: done(verb, id, 'maintenance') },
});

const refused = [
  'InvalidMaintenance',
  'InvalidJson',
  'DatabaseErrorWriting',
] as const satisfies Call['errors'];

/** What is to be said of maintenance windows. */
export const MAINTENANCE: Described = {
  tag: {
    name: 'Maintenance',
    description:
      'Windows of time in which heartbeats are not watched: each is paused, as by a pause of its own.',
  },
  parameters: {
    id: { description: 'Id of the window.', type: 'string', minLength: 1, examples: [id] },
  },
  schemas: {
    Maintenance: {
      oneOf: [
        exactly<Record<string, unknown>>({
          ...common,
          from: time('number', FROM),
          to: time('number', TO),
          ...told,
        }),
        exactly<Record<string, unknown>>({
          ...common,
          cron: { type: 'string', description: CRON },
          timezone: { type: 'string', description: ZONE },
          duration: { type: 'string', description: DURATION },
          ...told,
        }),
      ],
    },
  },
  calls: {
    list: {
      id: 'listMaintenance',
      summary: 'List all maintenance windows',
      answer: {
        description: `All of them, the oldest first; at most ${MOST_WINDOWS}.`,
        schema: { type: 'array', items: schemaRef('Maintenance') },
        examples: { all: Object.values(examples) },
      },
      errors: ['DatabaseErrorReading'],
    },
    create: {
      id: 'createMaintenance',
      summary: 'Create a maintenance window',
      body,
      answer: {
        description: 'It is stored; `description` is its id.',
        ...answered('created'),
        headers: LOCATION,
        links: ['getMaintenance', 'replaceMaintenance', 'removeMaintenance'],
      },
      errors: refused,
    },
    get: {
      id: 'getMaintenance',
      summary: 'Read a maintenance window',
      answer: { description: 'The window.', schema: schemaRef('Maintenance'), examples },
      errors: ['MaintenanceNotFound', 'DatabaseErrorReading'],
    },
    replace: {
      id: 'replaceMaintenance',
      summary: 'Replace a maintenance window',
      description: 'All but its id and the time of its creation is replaced, also while it holds.',
      body,
      answer: { description: 'It is stored.', ...answered('updated'), headers: LOCATION },
      errors: [...refused, 'MaintenanceNotFound'],
    },
    remove: {
      id: 'removeMaintenance',
      summary: 'Remove a maintenance window',
      description:
        'Where it holds, its heartbeats are watched again, and have their whole interval from now on.',
      answer: { description: 'It is gone.', ...answered('removed') },
      errors: ['MaintenanceNotFound', 'DatabaseErrorWriting'],
    },
  },
};
