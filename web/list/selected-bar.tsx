import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { reasonOf } from '../api';
import { openDialog } from '../open-dialog';
import { may } from '../session';
import { formats, t } from '../texts';
import { listing } from './overview';
import { MOST_SELECTED, maySelect, selectAllShown, selectNone, selection } from './selection';

/** What can be done with the selected heartbeats; there once one is selected. */
export function SelectedBar(): JSX.Element | null {
  const [failure, setFailure] = useState<string>();
  const count = selection.value.size;
  const total = listing.value?.total ?? 0;
  if (!maySelect.value || count === 0) return null;
  const { selected, selectAll, selectNoneText, changeSelected, deleteSelected, failed, unreachable } =
    t.value;
  const button = (text: string, onClick: () => void): JSX.Element => (
    <button type="button" onClick={onClick}>
      {text}
    </button>
  );
  const selectShown = (): void => {
    selectAllShown().then(
      () => setFailure(undefined),
      (error: unknown) => setFailure(failed(reasonOf(error, unreachable))),
    );
  };
  return (
    <div class="selected">
      <p role="status">{selected(count, formats.value.number(count))}</p>
      {may('update') && button(changeSelected, () => (openDialog.value = { kind: 'change-selected' }))}
      {may('delete') && button(deleteSelected, () => (openDialog.value = { kind: 'delete-selected' }))}
      {total > count && total <= MOST_SELECTED && button(selectAll, selectShown)}
      {button(selectNoneText, selectNone)}
      {failure !== undefined && (
        <p role="alert" class="fault">
          {failure}
        </p>
      )}
    </div>
  );
}
