import type { ServerResponse } from 'node:http';
import { type AnyResponse, nodeResponse } from './any-response';

const LONG_LIVED = Symbol('heartbeat long-lived answer');

type Marked = ServerResponse & { [LONG_LIVED]?: true };

/** Says of an answer that it lasts as long as its client likes: how long it took says nothing. */
export function markLongLived(response: AnyResponse): void {
  (nodeResponse(response) as Marked)[LONG_LIVED] = true;
}

/** Whether {@link markLongLived} was said of an answer. */
export const isLongLived = (response: ServerResponse): boolean => (response as Marked)[LONG_LIVED] === true;
