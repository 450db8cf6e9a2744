import type { DoneAnswer } from '../canopsis/answers';
import { HEARTBEAT_ID } from '../heartbeat/heartbeat.description';
import { type Call, type Described, exactly } from '../openapi/described';
import { type PingUrl, pinged } from './ping.service';

const ID = 'eaadc64a-a0ef-4c5c-8453-a45e574fd5ca';
const url: PingUrl = {
  url: `/api/v2/heartbeat/${ID}/ping/3q2-7wJv0pYkKqk0c5c9l8mWm1lYl3mJrT6o8xkF2aQ`,
};

const ping = {
  summary: 'Ping a heartbeat',
  description:
    'Sends the event that the heartbeat waits for: the fields of its pattern, completed to an event, on the way of posted ones. It may belong to other heartbeats too. HEAD does the same.',
  answer: {
    description: 'The event was delivered.',
    schema: exactly<DoneAnswer>({
      name: { type: 'string', const: 'heartbeat pinged' },
      description: { type: 'string', description: 'Id of the heartbeat.' },
    }),
    examples: { pinged: pinged(ID) },
  },
  errors: [
    'HeartbeatNotFound',
    'CannotBePinged',
    'DatabaseErrorReading',
    'DatabaseErrorWriting',
    'TooManyRequests',
    'EventNotDelivered',
  ],
} satisfies Partial<Call>;

const byToken = {
  ...ping,
  summary: 'Ping a heartbeat by its token',
  description: `${ping.description} The token stands for credentials; with a wrong one no heartbeat is found.`,
  open: true,
} satisfies Partial<Call>;

/** What is to be said of pings. */
export const PINGS: Described = {
  tag: { name: 'Pings', description: 'Heartbeats by URL, for cron and scripts.' },
  parameters: {
    id: HEARTBEAT_ID,
    token: { type: 'string', description: 'What `ping-url` shows: the HMAC-SHA256 of the id, in base64url.' },
  },
  calls: {
    ping: { id: 'ping', ...ping },
    pingByPost: { id: 'pingByPost', ...ping },
    pingByToken: { id: 'pingByToken', ...byToken },
    pingByTokenAndPost: { id: 'pingByTokenAndPost', ...byToken },
    url: {
      id: 'getPingUrl',
      summary: 'Where a heartbeat is pinged without credentials',
      description: 'Needs `PING_SECRET` on the server. Whoever knows the URL can keep the heartbeat up.',
      answer: {
        description: 'The path on this server.',
        schema: exactly<PingUrl>({ url: { type: 'string', description: 'Path, with the token in it.' } }),
        examples: { url },
      },
      errors: ['HeartbeatNotFound', 'PingSecretMissing', 'DatabaseErrorReading'],
    },
  },
};
