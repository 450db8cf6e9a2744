import type { PoisonReason } from '../event-metrics';
import { isJsonObject } from '../../util/json-object';
import type { CanopsisEvent } from '../event';

const BYTE_ORDER_MARK = '\uFEFF';

/**
 * The event in the body of a message, read as leniently as others write: bytes that are no UTF-8, as of Latin-1 or of a text that was
 * cut inside a character, become U+FFFD where they stand, and a byte order mark is skipped (contract: engine, "Events in").
 * @returns why it is none, where it is none
 */
export function readEventBody(body: Buffer): CanopsisEvent | PoisonReason {
  const decoded = body.toString('utf8');
  const text = decoded.startsWith(BYTE_ORDER_MARK) ? decoded.slice(1) : decoded;
  if (text === '') return 'empty';
  try {
    const event: unknown = JSON.parse(text);
    return isJsonObject(event) ? event : 'not_an_object';
  } catch {
    return 'not_json';
  }
}
