import type { JSX } from 'preact';
import { useId, useState } from 'preact/hooks';
import { ApiError, callBulk } from '../api';
import { Dialog } from '../dialog';
import { refresh } from '../list/overview';
import { selectNone, selectedRows } from '../list/selection';
import { notify } from '../notice';
import { closeDialog } from '../open-dialog';
import { formats, t } from '../texts';
import { nameOf } from '../types';
import { bulkReason, unknownIds } from './bulk-reason';
import { Asked } from './delete';
import './editor.css';

/** So many are named. */
const NAMED = 10;

/** Asks whether all selected heartbeats are to be deleted. */
export function DeleteSelected(): JSX.Element {
  const id = useId();
  const [refused, setRefused] = useState<string>();
  const rows = selectedRows();
  const { number } = formats.value;
  const shown = number(rows.length);
  const rest = rows.length - NAMED;
  const remove = async (): Promise<void> => {
    try {
      await deleteAll(rows.map(({ _id }) => _id));
      closeDialog();
      selectNone();
      notify(t.value.bulkDeleted(rows.length, shown));
      void refresh();
    } catch (error) {
      setRefused(t.value.notDeleted(bulkReason(error, rows)));
    }
  };
  return (
    <Dialog
      title={t.value.bulkDeleteTitle(rows.length, shown)}
      describedBy={id}
      isAlert
      onClose={closeDialog}
    >
      <div id={id}>
        <ul>
          {rows.slice(0, NAMED).map((row) => (
            <li key={row._id}>{nameOf(row)}</li>
          ))}
          {rest > 0 && <li>{t.value.andMore(rest, number(rest))}</li>}
        </ul>
        <p>{t.value.bulkDeleteText}</p>
      </div>
      <Asked refused={refused} onYes={() => void remove()} />
    </Dialog>
  );
}

/** Deletes all of them; what somebody else deleted meanwhile is gone, as was wanted. */
async function deleteAll(ids: readonly string[]): Promise<void> {
  try {
    await callBulk('DELETE', { ids });
  } catch (error) {
    if (!(error instanceof ApiError && error.status === 404)) throw error;
    const unknown = unknownIds(error);
    const rest = ids.filter((id) => !unknown.has(id));
    if (rest.length === ids.length) throw error;
    if (rest.length > 0) await deleteAll(rest);
  }
}
