import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { call, heartbeatPath, reasonOf } from '../api';
import { now } from '../clock';
import { refresh } from '../list/overview';
import { notify } from '../notice';
import { openDialog } from '../open-dialog';
import { may } from '../session';
import { formats, t } from '../texts';
import type { Row } from '../types';

/** Until when a heartbeat is paused, and what pauses it or ends that; nothing where it cannot be watched. */
export function Pausing({ row }: { row: Row }): JSX.Element | null {
  const [refused, setRefused] = useState<string>();
  const isPaused = row.state === 'paused';
  // Only the window ends that.
  const isInMaintenance = isPaused && row.reason?.startsWith('maintenance: ') === true;
  if (row.state === 'invalid' || (!isPaused && !may('update'))) return null;
  const resume = async (): Promise<void> => {
    try {
      await call('DELETE', heartbeatPath(row._id, '/pause'));
      setRefused(undefined);
      notify(t.value.resumedNote);
      void refresh();
    } catch (error) {
      setRefused(t.value.notSaved(reasonOf(error, t.value.unreachable)));
    }
  };
  const pause = (): void => {
    openDialog.value = { kind: 'pause', row };
  };
  const { pausedOpenly, pausedUntil } = t.value;
  return (
    <div class="pausing">
      {isPaused && (
        <p>
          {row.deadline === null ? pausedOpenly : pausedUntil(formats.value.time(row.deadline, now.value))}
        </p>
      )}
      {refused !== undefined && (
        <p role="alert" class="fault">
          {refused}
        </p>
      )}
      {may('update') && !isInMaintenance && (
        <button type="button" onClick={isPaused ? () => void resume() : pause}>
          {isPaused ? t.value.resume : t.value.pause}
        </button>
      )}
    </div>
  );
}
