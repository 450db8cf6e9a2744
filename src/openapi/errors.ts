import {
  CanopsisError,
  authenticationRequired,
  cannotBePinged,
  bodyTooLarge,
  databaseError,
  eventNotDelivered,
  foreignOrigin,
  headersTooLarge,
  heartbeatNotFound,
  internalError,
  invalidJson,
  invalidPayload,
  invalidQueryParameter,
  invalidUrl,
  maintenanceNotFound,
  methodNotAllowed,
  patternExists,
  permissionDenied,
  pingSecretMissing,
  routeNotFound,
  tooManyFailedLogins,
  tooManyRequests,
  transferNotImplemented,
  unsupportedEncoding,
} from '../canopsis/canopsis-error';
import { errorAnswer } from '../canopsis/error-answer';

/** An error that the API answers with. */
export interface DescribedError {
  readonly error: CanopsisError;
  /** When it comes, as a sentence. */
  readonly when: string;
  /** Further texts that its description can be. */
  readonly variants?: readonly string[];
  /** true: its description can be any text. */
  readonly anyText?: boolean;
}

const ofStatus = (status: number): CanopsisError => errorAnswer(Object.assign(new Error(), { status }), '');

const PARAMETERS = ['page', 'limit', 'search', 'sort', 'sort_by', 'state', 'after'];

/** All errors of the API, by the name that the document gives them. */
const ERRORS = {
  InvalidHeartbeat: {
    error: invalidPayload('heartbeat', 'pattern must be an object'),
    when: 'The body is not what a heartbeat needs, or was not sent as `application/json`.',
  },
  InvalidEvent: {
    error: invalidPayload('event', 'the body must be an object or an array'),
    when: 'The body is neither an object nor an array, is nested over 100 deep, or was not sent as `application/json`.',
  },
  InvalidSession: {
    error: invalidPayload('session', 'the body must be an object'),
    when: 'The body has no name and password, or was not sent as `application/json`.',
  },
  InvalidPause: {
    error: invalidPayload('pause', 'until must be in the future'),
    when: 'The body is no pause, its end has passed, or it was not sent as `application/json`.',
  },
  InvalidMaintenance: {
    error: invalidPayload('maintenance', 'to must be later than from'),
    when: 'The body is no maintenance window, there are 1,000 already, or it was not sent as `application/json`.',
  },
  InvalidJson: { error: invalidJson('the body must be JSON'), when: 'The body is not JSON, or not UTF-8.' },
  PatternExists: {
    error: new CanopsisError(400, patternExists().body, {
      Location: '/api/v2/heartbeat/eaadc64a-a0ef-4c5c-8453-a45e574fd5ca',
    }),
    when: 'Another heartbeat has this pattern.',
  },
  InvalidQueryParameter: {
    error: invalidQueryParameter('page'),
    when: 'A parameter of the query cannot be used; the text names it.',
    variants: PARAMETERS.map((name) => invalidQueryParameter(name).body.description),
  },
  InvalidUrl: { error: invalidUrl(), when: 'The path cannot be decoded.' },
  DatabaseErrorReading: {
    error: databaseError('GET'),
    when: 'The database is away. The answer to a GET has no `name`.',
  },
  DatabaseErrorWriting: {
    error: databaseError('POST'),
    when: 'The database is away. A change may have been made all the same.',
  },
  BadRequest: { error: ofStatus(400), when: 'What was sent is not HTTP.' },
  AuthenticationRequired: {
    error: authenticationRequired(),
    when: 'No credentials, or wrong ones, whatever else is wrong.',
  },
  PermissionDenied: {
    error: permissionDenied(),
    when: 'The user may only read.',
  },
  OriginNotAllowed: {
    error: foreignOrigin(),
    when: 'The only credentials are the cookie of a session, and `Origin` names no page of this host.',
  },
  HeartbeatNotFound: {
    error: heartbeatNotFound('eaadc64a-a0ef-4c5c-8453-a45e574fd5ca'),
    when: 'No heartbeat has this id, which comes back, decoded, as `name`.',
  },
  MaintenanceNotFound: {
    error: maintenanceNotFound('c0a1f9de-5f0e-4d0c-9a37-2f7c1a6f6f0e'),
    when: 'No maintenance window has this id, which comes back, decoded, as `name`.',
  },
  CannotBePinged: {
    error: cannotBePinged('connector must be a non-empty string'),
    when: 'No event can be made of the heartbeat’s pattern; the text says why.',
    anyText: true,
  },
  PingSecretMissing: { error: pingSecretMissing(), when: 'The server makes no tokens.' },
  EventNotDelivered: {
    error: eventNotDelivered(),
    when: 'The broker did not take the event, or no engine noted it, within 4 s.',
  },
  RouteNotFound: { error: routeNotFound(), when: 'No call has this path.' },
  MethodNotAllowed: {
    error: methodNotAllowed(['GET', 'HEAD', 'POST']),
    when: 'The path has other methods, which `Allow` names.',
  },
  RequestTimeout: { error: ofStatus(408), when: 'The request took too long to arrive.' },
  BodyTooLarge: { error: bodyTooLarge(), when: 'The body is over 1 MiB.' },
  UnsupportedEncoding: {
    error: unsupportedEncoding(),
    when: 'The body is compressed, or has another `Content-Encoding` than `identity`.',
  },
  ExpectationFailed: { error: ofStatus(417), when: '`Expect` asks for something else than `100-continue`.' },
  TooManyLogIns: {
    error: tooManyFailedLogins(1000),
    when: 'Too many wrong credentials came from there, or for this user.',
  },
  TooManyRequests: {
    error: tooManyRequests(1000),
    when: 'This user writes more often than the operator allows.',
  },
  HeadersTooLarge: { error: headersTooLarge(), when: 'The address and the headers are too long.' },
  InternalError: { error: internalError(), when: 'A fault of ours; the log has its cause.' },
  NotImplemented: {
    error: transferNotImplemented(),
    when: '`Transfer-Encoding` is something else than `chunked`.',
  },
  NotReady: {
    error: new CanopsisError(503, { name: '', description: 'not ready.' }),
    when: 'Heartbeats cannot be served now.',
  },
  ShuttingDown: {
    error: new CanopsisError(503, { name: '', description: 'shutting down' }),
    when: 'The process was told to end.',
  },
} satisfies Record<string, DescribedError>;

export type ErrorName = keyof typeof ERRORS;

/** All errors of the API, by name. */
export const errors = (): [ErrorName, DescribedError][] =>
  Object.entries(ERRORS) as [ErrorName, DescribedError][];

/** @returns the error of that name */
export const errorNamed = (name: ErrorName): DescribedError => ERRORS[name];

/** What every call can answer with. */
export const EVERYWHERE: readonly ErrorName[] = [
  'RequestTimeout',
  'BodyTooLarge',
  'UnsupportedEncoding',
  'ExpectationFailed',
  'HeadersTooLarge',
  'InternalError',
  'NotImplemented',
];
/** What every call that asks for credentials can answer with besides. */
export const GUARDED_CALLS: readonly ErrorName[] = ['AuthenticationRequired', 'TooManyLogIns'];
/** What calls that change something can answer with besides, where credentials are asked for. */
export const GUARDED_WRITES: readonly ErrorName[] = [
  'PermissionDenied',
  'OriginNotAllowed',
  'TooManyRequests',
];
