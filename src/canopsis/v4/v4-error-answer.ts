import { STATUS_CODES } from 'node:http';
import { errorAnswer } from '../error-answer';
import type { ErrorAnswer } from '../error-format';
import { DatabaseError } from '../canopsis-error';
import { Moved } from './moved';
import { STRUCTURE, V4Error } from './v4-error';

/** Statuses whose text is not simply the status's own phrase. */
const TEXTS: Readonly<Record<number, string>> = {
  400: STRUCTURE,
  404: 'Not found',
  413: 'Request Entity Too Large',
  500: 'Internal server error',
};

/**
 * Turns whatever was thrown into the answer of version 4 that the client gets. What both versions can answer has the same
 * status and the same headers in both.
 */
export function v4ErrorAnswer(thrown: unknown): ErrorAnswer {
  if (thrown instanceof V4Error || thrown instanceof Moved) return thrown;
  const { statusCode, headers } =
    thrown instanceof DatabaseError ? { statusCode: 500, headers: {} } : errorAnswer(thrown, '');
  return new V4Error(
    statusCode,
    { error: TEXTS[statusCode] ?? STATUS_CODES[statusCode] ?? STRUCTURE },
    headers,
  );
}
