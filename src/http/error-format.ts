import { errorAnswer } from '../canopsis/error-answer';
import type { ErrorAnswer, ErrorFormat } from '../canopsis/error-format';
import { v4ErrorAnswer } from '../canopsis/v4/v4-error-answer';
import { requestPath } from './request-path';

/** Whether the standalone application answers below this path as version 4 does, routes that there are not included. */
export const isBelowV4 = (path: string): boolean => path.startsWith('/api/v4/');

/** @param path of a request, without its query. @returns the format of the standalone application's errors there */
export const formatAt = (path: string): ErrorFormat => (isBelowV4(path) ? v4ErrorAnswer : errorAnswer);

/** What the standalone application answers where a request went wrong. */
export const answerTo = (
  thrown: unknown,
  { method = '', url = '' }: { method?: string; url?: string },
): ErrorAnswer => formatAt(requestPath(url))(thrown, method);
