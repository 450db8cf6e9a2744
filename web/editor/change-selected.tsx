import type { JSX } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { refresh } from '../list/overview';
import { select, selectNone, selectedRows } from '../list/selection';
import { notify } from '../notice';
import { closeDialog } from '../open-dialog';
import { session } from '../session';
import { formats, t } from '../texts';
import { type BulkForm, bulkItems, fitsBulk } from './bulk';
import { bulkReason, shortened } from './bulk-reason';
import { changeTogether } from './change-together';
import { Interval } from './editor';
import './editor.css';
import { isInterval } from './form';
import { FormDialog } from './form-dialog';
import { LongText } from './labelled';

/** Changes the same fields of all selected heartbeats: of all or of none, where each of them has what that takes. */
export function ChangeSelected(): JSX.Element {
  const [form, setForm] = useState<BulkForm>({ every: '', unit: 'm', description: '', output: '' });
  const [isFaulty, setFaulty] = useState(false);
  const [refused, setRefused] = useState<string>();
  const [isSaving, setSaving] = useState(false);
  const element = useRef<HTMLFormElement>(null);
  const change = (changed: Partial<BulkForm>): void => setForm((before) => ({ ...before, ...changed }));
  const rows = selectedRows();
  const items = bulkItems(rows, form, session.value?.user ?? null);
  const shown = formats.value.number(rows.length);

  const submit = async (): Promise<void> => {
    if (isSaving) return;
    const isWrong = form.every !== '' && !isInterval(form.every, form.unit);
    setFaulty(isWrong);
    if (isWrong) return element.current?.querySelector('input')?.focus();
    setSaving(true);
    try {
      const unchanged = await changeTogether(rows, items, t.value.unreachable);
      void refresh();
      if (unchanged.length === 0) {
        closeDialog();
        selectNone();
        notify(t.value.bulkSaved(rows.length, shown));
      } else {
        // Those stay selected, for another attempt.
        select(unchanged.map(({ row }) => row));
        setRefused(t.value.notSaved(shortened(unchanged.map(({ text }) => text))));
      }
    } catch (error) {
      setRefused(t.value.notSaved(bulkReason(error, rows)));
    }
    setSaving(false);
  };
  return (
    <FormDialog
      title={t.value.bulkTitle(rows.length, shown)}
      form={element}
      refused={refused}
      isSaving={isSaving}
      submit={submit}
    >
      <p class="hint">{t.value.bulkHint}</p>
      {!items.every(fitsBulk) && <p class="hint">{t.value.bulkSingly}</p>}
      <Interval form={form} fault={isFaulty ? t.value.faults.interval : undefined} change={change} />
      <LongText
        label={t.value.description}
        value={form.description}
        onValue={(description) => change({ description })}
      />
      <LongText label={t.value.alarmText} value={form.output} onValue={(output) => change({ output })} />
    </FormDialog>
  );
}
