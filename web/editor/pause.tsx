import type { JSX } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { call, heartbeatPath, reasonOf } from '../api';
import { now } from '../clock';
import { refresh } from '../list/overview';
import { notify } from '../notice';
import { closeDialog } from '../open-dialog';
import { t } from '../texts';
import { type Row, nameOf } from '../types';
import './editor.css';
import { FormDialog } from './form-dialog';
import { Labelled, LongText } from './labelled';

/** Asks until when a heartbeat is to be paused, and why. */
export function PauseDialog({ row }: { row: Row }): JSX.Element {
  const [until, setUntil] = useState('');
  const [reason, setReason] = useState('');
  const [isFaulty, setFaulty] = useState(false);
  const [refused, setRefused] = useState<string>();
  const [isSaving, setSaving] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const submit = async (): Promise<void> => {
    if (isSaving) return;
    const field = form.current?.querySelector('input');
    // Half of a time is no value yet.
    const end = field?.validity.badInput ? NaN : until === '' ? null : new Date(until).getTime() / 1_000;
    const isWrong = end !== null && !(end > now.value);
    setFaulty(isWrong);
    if (isWrong) return field?.focus();
    setSaving(true);
    try {
      await call('PUT', heartbeatPath(row._id, '/pause'), { json: { until: end, reason } });
      closeDialog();
      notify(t.value.pausedNote);
      void refresh();
    } catch (error) {
      setRefused(t.value.notSaved(reasonOf(error, t.value.unreachable)));
    }
    setSaving(false);
  };
  const { pauseTitle, pauseUntil, pauseHint, reason: reasonLabel, faults } = t.value;
  return (
    <FormDialog
      title={pauseTitle(nameOf(row))}
      form={form}
      refused={refused}
      isSaving={isSaving}
      submit={submit}
    >
      <p class="hint">{pauseHint}</p>
      <Labelled label={pauseUntil} fault={isFaulty ? faults.until : undefined}>
        {(tied) => (
          <input
            {...tied}
            type="datetime-local"
            value={until}
            onInput={({ currentTarget }) => setUntil(currentTarget.value)}
          />
        )}
      </Labelled>
      <LongText label={reasonLabel} value={reason} onValue={setReason} />
    </FormDialog>
  );
}
