/** Rows from `first` up to, without, `end`; counted from 0. */
export interface Range {
  first: number;
  end: number;
}

/** Lengths in pixels. */
export interface Scrolled {
  /** How much of the list is above the window; negative while it begins further down. */
  above: number;
  /** Of the window. */
  height: number;
  rowHeight: number;
  total: number;
}

/** So many rows more than are to be seen are there, above and below. */
const SPARE = 6;

/** @returns the rows to render */
export function rangeOf({ above, height, rowHeight, total }: Scrolled): Range {
  const first = Math.floor(above / rowHeight) - SPARE;
  const end = Math.ceil((above + height) / rowHeight) + SPARE;
  return { first: within(first, total), end: within(end, total) };
}

const within = (index: number, total: number): number => Math.min(Math.max(index, 0), total);

/** @returns the indexes to render: the range, and the row that has the focus, wherever it is */
export function indexesOf({ first, end }: Range, current: number, total: number): number[] {
  const indexes = Array.from({ length: end - first }, (_, at) => first + at);
  if (current < first && current < total) return [current, ...indexes];
  return current >= end && current < total ? [...indexes, current] : indexes;
}

/** @returns the pages, counted from 1, that hold these rows; the first one where there are none */
export function pagesOf({ first, end }: Range, pageSize: number): number[] {
  const from = Math.floor(first / pageSize);
  const to = Math.max(from, Math.ceil(end / pageSize) - 1);
  return Array.from({ length: to - from + 1 }, (_, at) => from + at + 1);
}

/**
 * @param page how many rows one sees at once
 * @returns where this key moves the current row; undefined where it does not
 */
export function movedBy(key: string, index: number, page: number, total: number): number | undefined {
  const target = targetOf(key, index, Math.max(1, page), total);
  return target === undefined ? undefined : Math.min(Math.max(target, 0), total - 1);
}

function targetOf(key: string, index: number, page: number, total: number): number | undefined {
  if (key === 'ArrowDown') return index + 1;
  if (key === 'ArrowUp') return index - 1;
  if (key === 'PageDown') return index + page;
  if (key === 'PageUp') return index - page;
  if (key === 'Home') return 0;
  return key === 'End' ? total - 1 : undefined;
}
