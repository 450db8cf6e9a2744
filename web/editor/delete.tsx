import type { JSX } from 'preact';
import { useId, useState } from 'preact/hooks';
import { ApiError, call, heartbeatPath, reasonOf } from '../api';
import { now } from '../clock';
import { Dialog } from '../dialog';
import { refresh } from '../list/overview';
import { go, view } from '../navigation';
import { notify } from '../notice';
import { closeDialog } from '../open-dialog';
import { useReading } from '../reading';
import { formats, t } from '../texts';
import { type Past, type Row, nameOf, openSince } from '../types';
import './editor.css';

/** Asks whether this heartbeat is to be deleted. */
export function DeleteDialog({ row }: { row: Row }): JSX.Element {
  const textId = useId();
  const [refused, setRefused] = useState<string>();
  const remove = async (): Promise<void> => {
    const failure = await tryToDelete(row._id);
    setRefused(failure);
    if (failure !== undefined) return;
    if (view.value.heartbeat === row._id) go({ heartbeat: undefined });
    closeDialog();
    notify(t.value.deletedNote);
    void refresh();
  };
  const { deleteTitle, deleteText, deleteOpen } = t.value;
  const { data: past } = useReading<Past>(heartbeatPath(row._id, '/past'));
  const open = openSince(past) ?? (row.state === 'down' ? row.since : undefined);
  return (
    <Dialog title={deleteTitle} describedBy={textId} isAlert onClose={closeDialog}>
      <div id={textId}>
        <p>{deleteText(nameOf(row))}</p>
        {open !== undefined && <p>{deleteOpen(formats.value.time(open, now.value))}</p>}
      </div>
      <Asked refused={refused} onYes={() => void remove()} />
    </Dialog>
  );
}

/** @returns why not; undefined where it is gone now */
async function tryToDelete(id: string): Promise<string | undefined> {
  try {
    await call('DELETE', heartbeatPath(id));
  } catch (error) {
    // Somebody else was faster: it is gone, as was wanted.
    if (!(error instanceof ApiError && error.status === 404)) {
      return t.value.notDeleted(reasonOf(error, t.value.unreachable));
    }
  }
  return undefined;
}

interface AskedProps {
  refused: string | undefined;
  onYes: () => void;
}

/** The two answers; the focus begins on the one that does nothing. */
export function Asked({ refused, onYes }: AskedProps): JSX.Element {
  return (
    <>
      {refused !== undefined && (
        <p role="alert" class="banner lost">
          {refused}
        </p>
      )}
      <div class="buttons">
        <button type="button" onClick={closeDialog}>
          {t.value.cancel}
        </button>
        <button type="button" class="danger" onClick={onYes}>
          {t.value.delete}
        </button>
      </div>
    </>
  );
}
