import { signal } from '@preact/signals';
import type { Listing } from './overview';

/** The row that the keyboard is on. */
export interface Current {
  index: number;
  /** Of its heartbeat, once that is known: the row is followed where it goes. */
  id: string | undefined;
}

export const current = signal<Current>({ index: 0, id: undefined });

/** Of which row the element wants the focus, as soon as it is there. */
export const focusWanted = signal<number | undefined>(undefined);

/** Moves the keyboard to a row, and the focus with it. */
export function moveTo(index: number, listing: Listing): void {
  current.value = { index, id: listing.rows.get(index)?._id };
  focusWanted.value = index;
}

/** Gives the focus to the row that the keyboard is on. */
export function focusCurrentRow(): void {
  focusWanted.value = current.value.index;
}

/** Gives the focus to the row of this heartbeat, or where it is not shown to the row that the keyboard is on. */
export function focusRowOf(id: string, listing: Listing | undefined): void {
  for (const [index, row] of listing?.rows ?? []) {
    if (row._id === id) current.value = { index, id };
  }
  focusCurrentRow();
}

/** Keeps the keyboard on its heartbeat after the list was read anew. @returns whether it moved */
export function followCurrent(listing: Listing): boolean {
  const { index, id } = current.value;
  const there = listing.rows.get(index);
  if (id !== undefined && there?._id !== id) {
    for (const [at, row] of listing.rows) {
      if (row._id === id) {
        current.value = { index: at, id };
        return true;
      }
    }
  }
  const last = Math.max(0, listing.total - 1);
  current.value = index > last ? { index: last, id: listing.rows.get(last)?._id } : { index, id: there?._id };
  return index > last;
}
