import type { Described } from '../../openapi/described';

const example = [
  'event: tick\nid: 1\ndata: {}',
  'event: states\nid: 2\ndata: {"cursor":1700000601.5,"counts":{"up":9986,"down":12,"waiting":3,"paused":0,"invalid":0},"blind_since":null,"many":false,"changed":[{"_id":"eaadc64a-a0ef-4c5c-8453-a45e574fd5ca","state":"down","since":1700000601.2,"last_event":1700000000.1,"deadline":1700000600.1}]}',
  'event: rules\nid: 3\ndata: {"ids":["eaadc64a-a0ef-4c5c-8453-a45e574fd5ca"],"many":false}',
].join('\n\n');

/** What is to be said of the stream of changes. */
export const CHANGES: Described = {
  tag: { name: 'Changes', description: 'What changes, as it happens.' },
  calls: {
    changes: {
      id: 'followChanges',
      summary: 'Follow what changes',
      description:
        'Server-sent events. `states`: `counts`, `blind_since` and `cursor` as the overview has them, and in `changed` the heartbeats whose state began anew, or where they are over 500, `many: true` and none of them. `rules`: `ids` of heartbeats that were created, changed or removed; `many` as above. `tick`: nothing happened for 10 s; one comes at once. What is not heard for 20 s is lost. Of 50 streams of a user, or 1,000 in all, further ones are refused.',
      query: {
        after: {
          description: 'The `cursor` that was read last: what has changed since then is told first.',
          type: 'string',
          pattern: '^([0-9]{1,15}(\\.[0-9]{1,9})?)?$',
        },
      },
      answer: {
        description: 'A stream that goes on until one of the two ends it.',
        mediaType: 'text/event-stream',
        // Of one event, which is how validators read the schema of a stream.
        schema: {
          type: 'object',
          additionalProperties: false,
          required: ['event', 'id', 'data'],
          properties: {
            event: { enum: ['tick', 'states', 'rules'] },
            id: { type: 'string', pattern: '^[0-9]+$' },
            data: { type: 'string', contentMediaType: 'application/json' },
          },
        },
        headers: {
          'Cache-Control': {
            description: 'Nothing may be kept or changed on the way.',
            required: true,
            schema: { const: 'private, no-cache, no-store, must-revalidate, max-age=0, no-transform' },
          },
        },
        examples: { stream: `${example}\n\n` },
      },
      errors: ['InvalidQueryParameter', 'TooManyRequests', 'DatabaseErrorReading'],
    },
  },
};
