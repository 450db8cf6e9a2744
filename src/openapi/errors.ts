import {
  CanopsisError,
  authenticationRequired,
  bodyTooLarge,
  databaseError,
  headersTooLarge,
  heartbeatNotFound,
  internalError,
  invalidJson,
  invalidPayload,
  invalidQueryParameter,
  invalidUrl,
  methodNotAllowed,
  patternExists,
  permissionDenied,
  routeNotFound,
  tooManyFailedLogins,
  tooManyRequests,
} from '../canopsis/canopsis-error';
import { errorAnswer } from '../canopsis/error-answer';

/** An error that the API answers with. */
export interface DescribedError {
  readonly error: CanopsisError;
  /** When it comes, as a sentence. */
  readonly when: string;
  /** Further texts that its description can be. */
  readonly variants?: readonly string[];
}

const ofStatus = (status: number): CanopsisError => errorAnswer(Object.assign(new Error(), { status }), '');

const PARAMETERS = ['page', 'limit', 'search', 'sort', 'sort_by', 'state'];

/** All errors of the API, by the name that the document gives them. */
const ERRORS = {
  InvalidHeartbeat: {
    error: invalidPayload('heartbeat'),
    when: 'The body is not what a heartbeat needs, or was not sent as `application/json`.',
  },
  InvalidEvent: {
    error: invalidPayload('event'),
    when: 'The body is neither an object nor an array, is nested over 100 deep, or was not sent as `application/json`.',
  },
  InvalidJson: { error: invalidJson(), when: 'The body is not JSON, or not UTF-8.' },
  PatternExists: { error: patternExists(), when: 'Another heartbeat has this pattern.' },
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
  HeartbeatNotFound: {
    error: heartbeatNotFound('eaadc64a-a0ef-4c5c-8453-a45e574fd5ca'),
    when: 'No heartbeat has this id, which comes back, decoded, as `name`.',
  },
  RouteNotFound: { error: routeNotFound(), when: 'No call has this path.' },
  MethodNotAllowed: {
    error: methodNotAllowed(['GET', 'HEAD', 'POST']),
    when: 'The path has other methods, which `Allow` names.',
  },
  RequestTimeout: { error: ofStatus(408), when: 'The request took too long to arrive.' },
  BodyTooLarge: { error: bodyTooLarge(), when: 'The body is over 1 MiB.' },
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
  NotReady: {
    error: new CanopsisError(503, { name: '', description: 'not ready.' }),
    when: 'Heartbeats cannot be served now.',
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
  'ExpectationFailed',
  'HeadersTooLarge',
  'InternalError',
];
/** What every call that asks for credentials can answer with besides. */
export const GUARDED_CALLS: readonly ErrorName[] = ['AuthenticationRequired', 'TooManyLogIns'];
/** What calls that change something can answer with besides, where credentials are asked for. */
export const GUARDED_WRITES: readonly ErrorName[] = ['PermissionDenied', 'TooManyRequests'];
