import { RIGHTS } from '../../auth/rights';
import { type Call, type Described, exactly } from '../../openapi/described';
import { loggedOut, sessionOf } from './session-answer';

const example = { name: 'root', password: 'root' };

const SESSION_SCHEMA = {
  oneOf: [
    exactly({ user: { type: 'null' } }),
    exactly({
      user: { type: 'string', description: 'Who is logged in.' },
      rights: {
        type: 'array',
        items: { type: 'string', enum: RIGHTS },
        description: 'What this user may do with heartbeats, and whether it may send events.',
      },
    }),
  ],
};

const get: Call = {
  id: 'getSession',
  summary: 'Who is logged in',
  description:
    'By whatever credentials the request has: those of every call, or the cookie of a session. Without any, nobody is.',
  open: true,
  answer: {
    description: 'Who makes this request.',
    schema: SESSION_SCHEMA,
    examples: { 'logged in': sessionOf({ name: 'root' }), nobody: sessionOf(undefined) },
  },
  errors: ['TooManyLogIns', 'DatabaseErrorReading'],
};

const TAG = { name: 'Session', description: 'Logging in and out, for people with a browser.' };

/** What is to be said of the session where the host guards the routes itself. */
export const GUEST_SESSION: Described = { tag: TAG, calls: { get } };

/** What is to be said of the calls for sessions. */
export const SESSION: Described = {
  tag: TAG,
  calls: {
    get,
    logIn: {
      id: 'logIn',
      summary: 'Log in',
      description:
        'Begins a session, which is in the cookie `heartbeat_session`, and ends 24 h after its last use. With that cookie as its only credentials, a call that is neither GET nor HEAD needs an `Origin` whose host is the one that is asked (`OriginNotAllowed`).',
      open: true,
      body: {
        schema: {
          type: 'object',
          required: ['name', 'password'],
          properties: {
            name: { type: 'string', minLength: 1, maxLength: 1_000 },
            password: { type: 'string', maxLength: 1_000 },
          },
        },
        examples: { root: example },
      },
      answer: {
        description: 'Who is logged in now.',
        schema: SESSION_SCHEMA,
        examples: { 'logged in': sessionOf({ name: 'root' }) },
      },
      errors: [
        'InvalidSession',
        'InvalidJson',
        'AuthenticationRequired',
        'OriginNotAllowed',
        'TooManyLogIns',
        'DatabaseErrorWriting',
      ],
    },
    logOut: {
      id: 'logOut',
      summary: 'Log out',
      description: 'Ends the session: in this process at once, in others of the same database within 30 s.',
      answer: {
        description: 'It has ended.',
        schema: exactly({ name: { const: 'logged out' }, description: { type: 'string' } }),
        examples: { root: loggedOut('root') },
      },
      errors: ['DatabaseErrorWriting'],
    },
  },
};
