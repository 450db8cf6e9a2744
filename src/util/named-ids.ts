import { escaped } from './legible';

/** How many ids a line of the log names. */
const NAMED = 10;
/** How much of an id a line of the log has, in characters. */
const LONGEST_ID = 300;

/** @returns ids for a line of the log: the first ten, and how many more there are */
export function namedIds(ids: readonly string[]): string {
  const more = ids.length > NAMED ? ` and ${ids.length - NAMED} more` : '';
  return ids.slice(0, NAMED).map(printable).join(', ') + more;
}

/** Extended JSON is printable as it is; so is what has nothing to be quoted. */
const printable = (id: string): string =>
  escaped((id.startsWith('{') ? id : JSON.stringify(id)).slice(0, LONGEST_ID));
