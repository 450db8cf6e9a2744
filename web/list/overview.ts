import { batch, computed, signal } from '@preact/signals';
import { ApiError, Unreachable, call, query } from '../api';
import { now } from '../clock';
import { view } from '../navigation';
import { shownRow } from '../rows';
import { t } from '../texts';
import type { Counts, Overview, Row, StatesMessage } from '../types';
import { type Range, pagesOf } from './window';

const PAGE_SIZE = 100;
/** A reading that takes longer has failed: one is told within 30 s that a line is dead. */
const READING_MS = 5_000;
/** Between two readings of the same rows, whatever happens meanwhile. */
const REFRESH_GAP_MS = 400;

/** The rows that are known of the list as it is asked for. */
export interface Listing {
  /** What was asked for; another list has another key. */
  key: string;
  total: number;
  /** By index in the list. */
  rows: ReadonlyMap<number, Row>;
}

export const listing = signal<Listing | undefined>(undefined);
/** Of all heartbeats, whatever is searched. */
export const counts = signal<Counts | undefined>(undefined);
export const blindSince = signal<number | null>(null);
/** When what is shown was last known to hold, in unix seconds. */
export const knownAt = signal(0);
/** Whether the server does not answer. */
export const lost = signal(false);
/** What the API said instead of an answer. */
export const refusal = signal<string | undefined>(undefined);
/** The list that is wanted, by what the address says. */
export const wantedKey = computed(() => {
  const { search, state, sortBy, sort } = view.value;
  return query({ search, state, sort_by: sortBy, sort });
});

let cursor: string | number = '';
/** When the rows were last read, in unix seconds. */
let readAt = 0;
let wanted: Range = { first: 0, end: 0 };
let reading = new AbortController();
/** By page, of the list that is wanted. */
let pagesUnderWay = new Map<number, Promise<boolean>>();

/** @returns from where on the stream has to tell what changed */
export const changesAfter = (): string | number => cursor;

/** Forgets what one user saw, before another one logs in. */
export function forget(): void {
  reading.abort();
  pagesUnderWay = new Map();
  batch(() => {
    listing.value = undefined;
    counts.value = undefined;
    blindSince.value = null;
    lost.value = false;
    refusal.value = undefined;
  });
}

/** Tells which rows are to be seen, and reads those that are not known. */
export function showRange(range: Range): void {
  wanted = range;
  const known = listing.value;
  if (known?.key !== wantedKey.value) return;
  const missing = pagesOf(range, PAGE_SIZE).filter((page) => !known.rows.has((page - 1) * PAGE_SIZE));
  for (const page of missing) void readPage(page);
}

/** Reads another list, from its beginning; what was shown stays until it is there. */
export async function readAnew(): Promise<void> {
  reading.abort();
  reading = new AbortController();
  pagesUnderWay = new Map();
  wanted = { first: 0, end: 0 };
  await readPage(1);
}

let refreshing: Promise<boolean> | undefined;
let refreshAgain = false;

/** Reads anew what is to be seen; several wishes at once are one reading. @returns whether it was answered */
export function refresh(): Promise<boolean> {
  if (refreshing) refreshAgain = true;
  refreshing ??= readWanted().finally(() => {
    refreshing = undefined;
  });
  return refreshing;
}

async function readWanted(): Promise<boolean> {
  let answered: boolean;
  do {
    refreshAgain = false;
    const pages = pagesOf(wanted, PAGE_SIZE);
    const all = await Promise.all(pages.map((page) => readPage(page, pages)));
    answered = all.every(Boolean);
    if (refreshAgain) await new Promise((resolve) => setTimeout(resolve, REFRESH_GAP_MS));
  } while (refreshAgain);
  return answered;
}

/**
 * @param keep the pages to keep; default: all
 * @returns whether it was answered
 */
function readPage(page: number, keep?: number[]): Promise<boolean> {
  const all = pagesUnderWay;
  const underWay = all.get(page) ?? readPageAnew(wantedKey.value, page, keep).finally(() => all.delete(page));
  all.set(page, underWay);
  return underWay;
}

async function readPageAnew(key: string, page: number, keep?: number[]): Promise<boolean> {
  const { signal } = reading;
  try {
    const path = `heartbeat-overview?${key}&${query({ page, limit: PAGE_SIZE })}`;
    const answer = await call<Overview>('GET', path, { signal, timeoutMs: READING_MS });
    if (!signal.aborted) accept(key, page, answer, keep);
    return true;
  } catch (error) {
    if (!signal.aborted) noteFailure(error);
    return signal.aborted;
  }
}

function accept(key: string, page: number, { data, meta }: Overview, keep?: number[]): void {
  const known = listing.value?.key === key ? listing.value.rows : new Map<number, Row>();
  const pageOf = (index: number): number => Math.floor(index / PAGE_SIZE) + 1;
  const others = [...known].filter(
    ([index]) =>
      pageOf(index) !== page && index < meta.total_count && (keep?.includes(pageOf(index)) ?? true),
  );
  const read = data.map((row, at): [number, Row] => [(page - 1) * PAGE_SIZE + at, shownRow(row)]);
  cursor = meta.cursor;
  readAt = now.peek();
  batch(() => {
    listing.value = { key, total: meta.total_count, rows: new Map([...others, ...read]) };
    counts.value = meta.counts;
    blindSince.value = meta.blind_since;
    noteHeard();
    lost.value = false;
    refusal.value = undefined;
  });
}

/** Reads how many there are of each state, and nothing else. */
export async function readCounts(): Promise<void> {
  try {
    const path = `heartbeat-overview?${query({ limit: 1 })}`;
    counts.value = (await call<Overview>('GET', path, { timeoutMs: READING_MS })).meta.counts;
  } catch (error) {
    noteFailure(error);
  }
}

function noteFailure(error: unknown): void {
  if (error instanceof Unreachable) lost.value = true;
  // A 401 shows the log-in instead.
  else if (error instanceof ApiError && error.status !== 401) refusal.value = error.message;
}

/** What is shown still holds. */
export function noteHeard(): void {
  knownAt.value = now.peek();
}

/** Puts changed states where their rows are; the order follows with the next reading. */
export function acceptStates(message: StatesMessage): void {
  ({ cursor } = message);
  const known = listing.value;
  const changed = new Map(message.changed.map((times) => [times._id, times]));
  batch(() => {
    counts.value = message.counts;
    blindSince.value = message.blind_since;
    if (known === undefined || changed.size === 0) return;
    const rows = new Map(known.rows);
    for (const [index, row] of rows) rows.set(index, { ...row, ...changed.get(row._id) });
    listing.value = { ...known, rows };
  });
}

/** @returns the row of a heartbeat, where it is among those that are known */
export function rowOf(id: string): Row | undefined {
  for (const row of listing.value?.rows.values() ?? []) if (row._id === id) return row;
  return undefined;
}

/** @returns whether the rows were read that many seconds ago, or earlier */
export const wasReadBefore = (seconds: number): boolean => now.peek() - readAt >= seconds;

/** @returns whether a deadline of what is to be seen has passed since it was read */
export function isStale(at: number): boolean {
  const { first, end } = wanted;
  for (const [index, { state, deadline }] of listing.peek()?.rows ?? []) {
    if (index < first || index >= end || deadline === null || state === 'down') continue;
    if (deadline > readAt && deadline < at) return true;
  }
  return false;
}

/** @returns what is said above the list while it cannot be read; undefined while it can */
export const failureText = computed(() =>
  refusal.value === undefined ? undefined : t.value.failed(refusal.value),
);
