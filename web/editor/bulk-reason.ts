import { ApiError, reasonOf } from '../api';
import { t } from '../texts';
import { type Row, nameOf } from '../types';

/** So many faults are told at once. */
const MOST_FAULTS = 5;

/** @returns why they were not changed, with the names of those that are at fault instead of their numbers */
export function bulkReason(error: unknown, rows: readonly Row[]): string {
  const { unreachable, goneTogether: goneText } = t.value;
  const faults = error instanceof ApiError ? Object.entries(error.errors) : [];
  if (error instanceof ApiError && error.status === 404) {
    const gone = rows.filter(({ _id }) => unknownIds(error).has(_id));
    if (gone.length > 0) return goneText(shortened(gone.map(nameOf)));
  }
  if (faults.length === 0) return reasonOf(error, unreachable);
  return shortened(
    faults.map(([key, text]) => {
      const row = rows[Number(/^(\d+)\./.exec(key)?.[1] ?? NaN)];
      return row ? `${nameOf(row)}: ${text}` : text;
    }),
  );
}

/** @returns the first of them in one line */
export const shortened = (texts: readonly string[]): string =>
  [...texts.slice(0, MOST_FAULTS), ...(texts.length > MOST_FAULTS ? ['…'] : [])].join(' · ');

/** @returns the ids that the API does not know: `not found a,b` */
export const unknownIds = ({ message }: ApiError): ReadonlySet<string> =>
  new Set(message.replace(/^not found /, '').split(','));
