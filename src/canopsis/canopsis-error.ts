import { HttpException } from '@nestjs/common';
import { problemHeader } from './problem';

/** The body of an error in the Canopsis format; `name` is absent in one case only, see {@link databaseError}. */
export interface ErrorBody {
  name?: string;
  description: string;
}

/**
 * An error that already is a Canopsis answer: the exception filter sends it as it stands. To a host's own controllers and filters it is
 * an exception of Nest's, with its status and message.
 * The table of all of them is in the API contract (docs/api.md, "Errors").
 */
export class CanopsisError extends HttpException {
  constructor(
    /** HTTP status code. */
    readonly statusCode: number,
    readonly body: ErrorBody,
    /** Further response headers, by name. */
    readonly headers: Readonly<Record<string, string>> = {},
    options?: { cause?: unknown },
  ) {
    super({ statusCode, message: body.description }, statusCode, options);
    this.name = 'CanopsisError';
  }
}

/** Thrown when the database did not do what was asked; the answer depends on the method of the request. In a host's own controllers: 503. */
export class DatabaseError extends HttpException {
  readonly statusCode = 503;

  constructor(cause: unknown) {
    super({ statusCode: 503, message: 'database error' }, 503, { cause });
    this.name = 'DatabaseError';
  }
}

const plain = (status: number, description: string, headers?: Record<string, string>): CanopsisError =>
  new CanopsisError(status, { name: '', description }, headers);

/** What a call can expect as its body. */
export type PayloadName = 'heartbeat' | 'event' | 'session' | 'pause' | 'maintenance';

/**
 * 400: the body is JSON, or claims to be something else, but is not what the call needs.
 * @param problem which field is wrong, and how; a header tells it
 */
export const invalidPayload = (what: PayloadName, problem: string): CanopsisError =>
  plain(400, `invalid ${what} payload.`, problemHeader(problem));

/** 400: the body is not JSON, or not UTF-8. @param problem as for {@link invalidPayload} */
export const invalidJson = (problem: string): CanopsisError =>
  plain(400, 'invalid json.', problemHeader(problem));

/** An error that comes of another heartbeat. */
export interface HasExisting {
  /** Id of the heartbeat that has already what was wanted; undefined where that is not known. */
  readonly existing?: string;
}

/** 400: a heartbeat with this pattern exists. Both seeds write it without a full stop. @param existing its id */
export const patternExists = (existing?: string): CanopsisError & HasExisting =>
  Object.assign(plain(400, 'heartbeat pattern already exists'), { existing });

/** 400: a paging or filter value that cannot be used. */
export const invalidQueryParameter = (name: string): CanopsisError =>
  plain(400, `invalid query parameter: ${name}.`);

/** 404: no heartbeat has this id. The order of the fields is the seeds'. */
export const heartbeatNotFound = (id: string): CanopsisError =>
  new CanopsisError(404, { description: 'heartbeat not found', name: id });

/** 404: no maintenance window has this id. */
export const maintenanceNotFound = (id: string): CanopsisError =>
  new CanopsisError(404, { description: 'maintenance not found', name: id });

/** 400: the database failed. Only the answer to a GET has no `name` (both seeds). */
export const databaseError = (method: string): CanopsisError => {
  const description = 'database error, please contact your administrator.';
  const reading = method === 'GET' || method === 'HEAD';
  return new CanopsisError(400, reading ? { description } : { name: '', description });
};

/** 401, with the challenge of RFC 7617. */
export const authenticationRequired = (): CanopsisError =>
  plain(401, 'authentication required.', {
    'WWW-Authenticate': 'Basic realm="Canopsis", charset="UTF-8"',
  });

/** 403: let in, but marked as one who only reads. */
export const permissionDenied = (): CanopsisError => plain(403, 'permission denied.');

/** 403: a session's cookie came with a request that another page sent. */
export const foreignOrigin = (): CanopsisError => plain(403, 'origin not allowed.');

/** Whole seconds, at least one (RFC 9110, section 10.2.3). */
const retryAfter = (waitMs: number): Record<string, string> => ({
  'Retry-After': String(Math.max(1, Math.ceil(waitMs / 1000))),
});

/** 429: the limit of failed log-ins is reached, for so many milliseconds. */
export const tooManyFailedLogins = (waitMs: number): CanopsisError =>
  plain(429, 'too many failed log-ins, try again later.', retryAfter(waitMs));

/** 429: the limit of writes or events is reached, for so many milliseconds. */
export const tooManyRequests = (waitMs: number): CanopsisError =>
  plain(429, 'too many requests, try again later.', retryAfter(waitMs));

/** 431: more header fields, or longer ones, than are read. */
export const headersTooLarge = (): CanopsisError => plain(431, 'request header fields too large.');

/** 400: no event can be made of the heartbeat's pattern. */
export const cannotBePinged = (problem: string): CanopsisError =>
  plain(400, `heartbeat cannot be pinged: ${problem}.`);

/** 503: the broker did not take the event, or no engine here noted it. */
export const eventNotDelivered = (): CanopsisError =>
  plain(503, 'event not delivered, try again later.', retryAfter(1_000));

/** 404: there are no tokens. */
export const pingSecretMissing = (): CanopsisError => plain(404, 'no ping url: PING_SECRET is not set.');

/** 404: no route has this path. */
export const routeNotFound = (): CanopsisError => plain(404, 'route not found.');

/** 405: the path is known, the method is not. */
export const methodNotAllowed = (allowed: readonly string[]): CanopsisError =>
  plain(405, 'method not allowed.', { Allow: allowed.join(', ') });

/** 400: the path cannot be decoded. */
export const invalidUrl = (): CanopsisError => plain(400, 'invalid url.');

/** 413: the body is over the limit. */
export const bodyTooLarge = (): CanopsisError => plain(413, 'request body too large.');

/** 415: the body is compressed, or encoded in another way; nothing is decoded (RFC 9110, section 15.5.16). */
export const unsupportedEncoding = (): CanopsisError =>
  plain(415, 'unsupported content encoding.', { 'Accept-Encoding': 'identity' });

/** 501: the message is transferred in another way than in chunks (RFC 9112, section 6.1). */
export const transferNotImplemented = (): CanopsisError => plain(501, 'not implemented.');

/** 500: the cause is in the log alone. */
export const internalError = (): CanopsisError => plain(500, 'internal server error.');
