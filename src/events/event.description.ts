import { Described, Schema, exactly, schemaRef } from '../openapi/described';
import { REQUIRED_FIELDS, withSourceType } from './event';
import type { EventsAnswer } from './event.service';

const example = {
  connector: 'c1',
  connector_name: 'connector1',
  event_type: 'check',
  component: 'server1',
};

const events = (description: string): Schema => ({ type: 'array', description });

/** What is to be said of the call for events. */
export const EVENTS: Described = {
  tag: { name: 'Events', description: 'What heartbeats wait for, over HTTP.' },
  schemas: {
    EventsAnswer: exactly<EventsAnswer>({
      sent_events: events('Delivered, with their `source_type`.'),
      retry_events: events('Not delivered now: to be sent again; with their `source_type`.'),
      failed_events: events('Not taken, as they came.'),
    }),
  },
  calls: {
    receive: {
      id: 'sendEvents',
      summary: 'Send an event, or several',
      description: `An event is an object with at least the non-empty texts ${REQUIRED_FIELDS.map((name) => `\`${name}\``).join(', ')}; anything else that is sent in its place comes back in \`failed_events\`. \`source_type\` is set: \`resource\` where \`resource\` is a non-empty text, otherwise \`component\`.`,
      body: {
        schema: {
          description: 'An event, or an array of events, nested at most 100 deep.',
          type: ['object', 'array'],
        },
        examples: { event: example, events: [example] },
      },
      answer: {
        description: 'Each event in the list where it ended.',
        schema: schemaRef('EventsAnswer'),
        examples: {
          sent: { sent_events: [withSourceType(example)], retry_events: [], failed_events: [] },
          failed: { sent_events: [], retry_events: [], failed_events: [{ connector: 'c1' }] },
        },
      },
      errors: ['InvalidEvent', 'InvalidJson'],
    },
  },
};

/** The same of version 4. */
export const EVENTS_V4: Described = {
  ...EVENTS,
  version: 'v4',
  calls: Object.fromEntries(
    Object.entries(EVENTS.calls).map(([handler, { errors: _, ...call }]) => [
      handler,
      { ...call, id: `${call.id}V4`, v4Errors: ['InvalidStructure'] },
    ]),
  ),
};
