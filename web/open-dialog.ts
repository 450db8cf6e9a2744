import { signal } from '@preact/signals';
import type { Row, Window } from './types';

/** What one is asked, or asked to fill in. */
export type OpenDialog =
  | { kind: 'new'; pattern?: Record<string, string> }
  | { kind: 'edit' | 'duplicate' | 'delete' | 'pause'; row: Row }
  | { kind: 'window'; window?: Window }
  | { kind: 'delete-window'; window: Window }
  | { kind: 'change-selected' | 'delete-selected' };

/** The dialog that is open; one at a time. */
export const openDialog = signal<OpenDialog | undefined>(undefined);

export function closeDialog(): void {
  openDialog.value = undefined;
}
