import type { JSX } from 'preact';
import { useId, useRef, useState } from 'preact/hooks';
import { ApiError, call, reasonOf } from '../api';
import { Dialog } from '../dialog';
import { Asked } from '../editor/delete';
import '../editor/editor.css';
import { Interval } from '../editor/editor';
import { type FieldFault, faultsOf } from '../editor/form';
import { FormDialog } from '../editor/form-dialog';
import { Labelled } from '../editor/labelled';
import { PatternFields } from '../editor/pattern-fields';
import { notify } from '../notice';
import { closeDialog } from '../open-dialog';
import { t } from '../texts';
import type { Window } from '../types';
import { changes, windowPath } from './changes';
import { type WindowFault, type WindowForm, faultsOfWindow, windowFormOf, windowOf } from './window-form';

interface Faults {
  fields: Set<WindowFault>;
  /** By key of the row. */
  rows: Map<number, FieldFault>;
}

const FAULTLESS: Faults = { fields: new Set(), rows: new Map() };

/** The dialog in which a window is written; nothing is stored before it is saved. */
export function WindowDialog({ window }: { window?: Window | undefined }): JSX.Element {
  const [form, setForm] = useState(() => windowFormOf(window));
  const [faults, setFaults] = useState(FAULTLESS);
  const [refused, setRefused] = useState<string>();
  const [isSaving, setSaving] = useState(false);
  const element = useRef<HTMLFormElement>(null);
  const submit = async (): Promise<void> => {
    if (isSaving) return;
    const { rows } = faultsOf({ rows: form.rows, every: '1', unit: 's' });
    const fields = faultsOfWindow(form);
    setFaults({ fields, rows });
    if (fields.size + rows.size > 0) {
      requestAnimationFrame(() => element.current?.querySelector<HTMLElement>('[aria-invalid]')?.focus());
      return;
    }
    setSaving(true);
    try {
      const json = windowOf(form);
      if (window === undefined) await call('POST', 'heartbeat-maintenance', { json });
      else await call('PUT', windowPath(window._id), { json });
      closeDialog();
      notify(t.value.windowSaved);
      changes.value += 1;
    } catch (error) {
      setRefused(t.value.notSaved(reasonOf(error, t.value.unreachable)));
    }
    setSaving(false);
  };
  return (
    <FormDialog
      title={window === undefined ? t.value.newWindow : t.value.editWindow}
      form={element}
      refused={refused}
      isSaving={isSaving}
      submit={submit}
    >
      <Fields form={form} faults={faults} change={(changed) => setForm({ ...form, ...changed })} />
    </FormDialog>
  );
}

interface FieldsProps {
  form: WindowForm;
  faults: Faults;
  change: (changed: Partial<WindowForm>) => void;
}

function Fields({ form, faults, change }: FieldsProps): JSX.Element {
  const { name, windowFor, repeats, once, byCalendar, faults: says } = t.value;
  const faultOf = (field: WindowFault): string | undefined =>
    faults.fields.has(field) ? says[field] : undefined;
  return (
    <>
      <Text
        label={name}
        value={form.name}
        fault={faultOf('name')}
        onValue={(value) => change({ name: value })}
      />
      <p class="hint">{windowFor}</p>
      <PatternFields rows={form.rows} faults={faults.rows} onRows={(rows) => change({ rows })} />
      <Labelled label={repeats}>
        {(tied) => (
          <select
            {...tied}
            value={String(form.recurs)}
            onChange={({ currentTarget }) => change({ recurs: currentTarget.value === 'true' })}
          >
            <option value="false">{once}</option>
            <option value="true">{byCalendar}</option>
          </select>
        )}
      </Labelled>
      {form.recurs ? (
        <Recurring form={form} faultOf={faultOf} change={change} />
      ) : (
        <Once form={form} faultOf={faultOf} change={change} />
      )}
    </>
  );
}

type TimesProps = Omit<FieldsProps, 'faults'> & {
  /** @returns what is said at this field; undefined where nothing is wrong */
  faultOf: (field: WindowFault) => string | undefined;
};

function Once({ form, faultOf, change }: TimesProps): JSX.Element {
  const { from, to } = t.value;
  const type = 'datetime-local' as const;
  return (
    <>
      <Text
        label={from}
        type={type}
        value={form.from}
        fault={faultOf('from')}
        onValue={(value) => change({ from: value })}
      />
      <Text
        label={to}
        type={type}
        value={form.to}
        fault={faultOf('to')}
        onValue={(value) => change({ to: value })}
      />
    </>
  );
}

function Recurring({ form, faultOf, change }: TimesProps): JSX.Element {
  const { cron, cronHint, timeZone, duration } = t.value;
  return (
    <>
      <Text
        label={cron}
        value={form.cron}
        fault={faultOf('cron')}
        onValue={(value) => change({ cron: value })}
      />
      <p class="hint">{cronHint}</p>
      <Text label={timeZone} value={form.timezone} onValue={(value) => change({ timezone: value })} />
      <Interval label={duration} form={form} fault={faultOf('lasts')} change={change} />
    </>
  );
}

interface TextProps {
  label: string;
  type?: 'datetime-local';
  value: string;
  fault?: string | undefined;
  onValue: (value: string) => void;
}

function Text({ label, type, value, fault, onValue }: TextProps): JSX.Element {
  return (
    <Labelled label={label} fault={fault}>
      {(tied) => {
        const field = {
          ...{ ...tied, value, autocomplete: 'off', spellcheck: false },
          onInput: ({ currentTarget }: { currentTarget: HTMLInputElement }) => onValue(currentTarget.value),
        };
        return type ? <input {...field} type={type} /> : <input {...field} />;
      }}
    </Labelled>
  );
}

/** Asks whether this window is to be deleted. */
export function DeleteWindow({ window: { _id, name } }: { window: Window }): JSX.Element {
  const textId = useId();
  const [refused, setRefused] = useState<string>();
  const remove = async (): Promise<void> => {
    try {
      await call('DELETE', windowPath(_id));
    } catch (error) {
      // Somebody else was faster: it is gone, as was wanted.
      if (!(error instanceof ApiError && error.status === 404)) {
        return setRefused(t.value.notDeleted(reasonOf(error, t.value.unreachable)));
      }
    }
    closeDialog();
    notify(t.value.windowDeleted);
    changes.value += 1;
  };
  return (
    <Dialog title={t.value.deleteWindow} describedBy={textId} isAlert onClose={closeDialog}>
      <p id={textId}>{t.value.deleteWindowText(name)}</p>
      <Asked refused={refused} onYes={() => void remove()} />
    </Dialog>
  );
}
