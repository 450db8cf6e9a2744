import { HttpException } from '@nestjs/common';
import { type IncomingHttpHeaders, STATUS_CODES } from 'node:http';
import {
  CanopsisError,
  DatabaseError,
  authenticationRequired,
  bodyTooLarge,
  databaseError,
  internalError,
  invalidUrl,
  routeNotFound,
  unsupportedEncoding,
} from './canopsis-error';
import type { ErrorAnswer } from './error-format';

/** Statuses whose Canopsis text is not simply the status's own phrase. */
const BY_STATUS: Readonly<Record<number, () => CanopsisError>> = {
  401: authenticationRequired,
  404: routeNotFound,
  413: bodyTooLarge,
  415: unsupportedEncoding,
};

/**
 * Turns whatever was thrown into the Canopsis answer that the client gets.
 * @param method the HTTP method of the request, in capitals
 * @returns for anything that is not known to be the client's fault, 500 without details
 */
export function errorAnswer(thrown: unknown, method: string): CanopsisError {
  if (thrown instanceof CanopsisError) return thrown;
  if (thrown instanceof DatabaseError) return databaseError(method);
  if (thrown instanceof URIError) return invalidUrl();
  const status = clientStatus(thrown);
  if (status === undefined) return internalError();
  const known = BY_STATUS[status];
  return known ? known() : new CanopsisError(status, { name: '', description: phrase(status) });
}

/**
 * The same answer for a script that shows who is logged in by itself: a browser would ask for name and password at the
 * challenge of a 401, and would never forget them.
 */
export function withoutPrompt(answer: ErrorAnswer, request: IncomingHttpHeaders): ErrorAnswer {
  const byScript =
    request['x-requested-with'] !== undefined || request.accept?.includes('text/event-stream') === true;
  if (answer.statusCode !== 401 || !byScript) return answer;
  const headers = Object.entries(answer.headers).filter(([name]) => name !== 'WWW-Authenticate');
  return { ...answer, headers: Object.fromEntries(headers) };
}

/** The 4xx status that a framework gave its error, under any of the names in use; undefined for all else. */
function clientStatus(thrown: unknown): number | undefined {
  if (!(thrown instanceof Error)) return undefined;
  const { statusCode, status } = thrown as { statusCode?: unknown; status?: unknown };
  const code: unknown = thrown instanceof HttpException ? thrown.getStatus() : (statusCode ?? status);
  return typeof code === 'number' && code >= 400 && code < 500 ? code : undefined;
}

const phrase = (status: number): string => `${(STATUS_CODES[status] ?? 'bad request').toLowerCase()}.`;
