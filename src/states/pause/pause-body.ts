import { Injectable, PipeTransform } from '@nestjs/common';
import { invalidPayload } from '../../canopsis/canopsis-error';
import { LAST_SECOND, LONGEST_REASON, type Pause } from '../../domain/pause';
import { isJsonObject, unknownField } from '../../util/json-object';

/** What a pause is asked for with. */
export interface PauseRequest {
  /** When it ends by itself, in unix seconds; null or absent: when somebody ends it. */
  readonly until?: number | null;
  /** Shown with the state, at most 1,000 characters. */
  readonly reason?: string | null;
}

/** Reads the body of a pause: a {@link PauseRequest}. @throws CanopsisError 400 `invalid pause payload.` */
@Injectable()
export class PauseBodyPipe implements PipeTransform<unknown, Pause> {
  transform(body: unknown): Pause {
    return pauseIn(body);
  }
}

/**
 * @param request a {@link PauseRequest}, or anything else; a misspelled `until` must not make a pause without end of it
 * @throws CanopsisError 400 `invalid pause payload.`
 */
export function pauseIn(request: unknown): Pause {
  if (!isJsonObject(request)) throw invalid('the body must be an object');
  const unknown = unknownField(request, ['until', 'reason']);
  if (unknown !== undefined) throw invalid(`there is no field ${unknown}: a pause has until and reason`);
  const { until, reason } = request;
  const end = until ?? null;
  if (end !== null && !(typeof end === 'number' && Math.abs(end) <= LAST_SECOND))
    throw invalid('until must be a time in unix seconds, or null');
  const text = reason ?? '';
  if (typeof text !== 'string') throw invalid('reason must be a text');
  if (!text.isWellFormed()) throw invalid('reason must not hold half a surrogate pair');
  if (Array.from(text).length > LONGEST_REASON)
    throw invalid(`reason must have at most ${LONGEST_REASON} characters`);
  return { until: end, ...(text !== '' && { reason: text }) };
}

const invalid = (problem: string): Error => invalidPayload('pause', problem);
