import { computed, signal } from '@preact/signals';
import { call, hasV4, query } from '../api';
import { shownRow } from '../rows';
import { may } from '../session';
import type { Overview, Row } from '../types';
import { rowOf, wantedKey } from './overview';

/** So many can be selected: one call changes all of them or none, and its body has a limit. */
export const MOST_SELECTED = 1_000;

/** The selected heartbeats by id, as they were when they were selected. */
export const selection = signal<ReadonlyMap<string, Row>>(new Map());

/** Many at once need the calls of v4, and the right to do something with them. */
export const maySelect = computed(() => hasV4() && (may('update') || may('delete')));

/** Selects a heartbeat, or takes it out. */
export function toggle(row: Row): void {
  const selected = new Map(selection.value);
  if (!selected.delete(row._id) && selected.size < MOST_SELECTED) selected.set(row._id, row);
  selection.value = selected;
}

/** @returns the selected heartbeats, as they are now where the list shows them */
export const selectedRows = (): Row[] => [...selection.value.values()].map((row) => rowOf(row._id) ?? row);

/** Selects these and no others. */
export function select(rows: readonly Row[]): void {
  selection.value = new Map(rows.map((row) => [row._id, row]));
}

export function selectNone(): void {
  selection.value = new Map();
}

/** Selects all that the list shows as it is searched and filtered now, read for that. */
export async function selectAllShown(): Promise<void> {
  const path = `heartbeat-overview?${wantedKey.value}&${query({ page: 1, limit: MOST_SELECTED })}`;
  const { data } = await call<Overview>('GET', path);
  selection.value = new Map(data.map((row) => [row._id, shownRow(row)]));
}
