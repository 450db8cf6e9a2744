import { HttpException } from '@nestjs/common';
import { STATUS_CODES } from 'node:http';
import {
  CanopsisError,
  DatabaseError,
  authenticationRequired,
  bodyTooLarge,
  databaseError,
  internalError,
  invalidJson,
  invalidUrl,
  routeNotFound,
} from './canopsis-error';

/** Statuses whose Canopsis text is not simply the status's own phrase. */
const BY_STATUS: Readonly<Record<number, () => CanopsisError>> = {
  401: authenticationRequired,
  404: routeNotFound,
  413: bodyTooLarge,
  415: invalidJson,
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

/** The 4xx status that a framework gave its error, under any of the names in use; undefined for all else. */
function clientStatus(thrown: unknown): number | undefined {
  if (!(thrown instanceof Error)) return undefined;
  const { statusCode, status } = thrown as { statusCode?: unknown; status?: unknown };
  const code: unknown = thrown instanceof HttpException ? thrown.getStatus() : (statusCode ?? status);
  return typeof code === 'number' && code >= 400 && code < 500 ? code : undefined;
}

const phrase = (status: number): string => `${(STATUS_CODES[status] ?? 'bad request').toLowerCase()}.`;
