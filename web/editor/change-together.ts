import { call, callBulk, heartbeatPath, reasonOf } from '../api';
import { type Row, nameOf } from '../types';
import { type BulkItem, fitsBulk, singleRule } from './bulk';

/** A heartbeat that was not changed, and what is said about it. */
export interface Unchanged {
  row: Row;
  text: string;
}

/**
 * Changes all of them or none, in one call, where each of them can be told in it; otherwise one after the other.
 * @param items what each row becomes, in the order of the rows
 * @returns those that were not changed while others were
 * @throws ApiError, Unreachable where nothing was changed
 */
export async function changeTogether(
  rows: readonly Row[],
  items: readonly BulkItem[],
  unreachable: string,
): Promise<Unchanged[]> {
  if (items.every(fitsBulk)) {
    await callBulk('PUT', items);
    return [];
  }
  const unchanged: Unchanged[] = [];
  for (const [at, row] of rows.entries()) {
    const item = items[at];
    if (item === undefined) continue;
    try {
      await call('PUT', heartbeatPath(row._id), { json: singleRule(item) });
    } catch (error) {
      unchanged.push({ row, text: `${nameOf(row)}: ${reasonOf(error, unreachable)}` });
    }
  }
  return unchanged;
}
