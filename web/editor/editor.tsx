import type { ComponentChildren, JSX } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { ApiError, call, heartbeatPath, reasonOf } from '../api';
import { HeartbeatLink } from '../link';
import { refresh } from '../list/overview';
import { notify } from '../notice';
import { closeDialog } from '../open-dialog';
import { session } from '../session';
import { t } from '../texts';
import type { Unit } from '../times';
import { shownRow } from '../rows';
import { type Row, nameOf } from '../types';
import './editor.css';
import { type Faults, type Form, faultsOf, formOf, newRow, ruleOf } from './form';
import { FormDialog } from './form-dialog';
import { Labelled, LongText } from './labelled';
import { MatchCount } from './match-count';
import { PatternFields } from './pattern-fields';

const FAULTLESS: Faults = { rows: new Map(), interval: false };
const PATTERN_EXISTS = 'heartbeat pattern already exists';

interface EditorProps {
  kind: 'new' | 'edit' | 'duplicate';
  /** What to begin with. */
  row?: Row;
  /** Of a new one, what its pattern begins with. */
  pattern?: Record<string, string> | undefined;
}

/** The dialog in which a heartbeat is written; nothing is stored before it is saved. */
export function Editor({ kind, row, pattern }: EditorProps): JSX.Element {
  const [form, setForm] = useState(() => formOf(row ?? (pattern && { pattern, expected_interval: '' })));
  const [faults, setFaults] = useState(FAULTLESS);
  const [refused, setRefused] = useState<ComponentChildren>();
  const [isSaving, setSaving] = useState(false);
  const element = useRef<HTMLFormElement>(null);
  const change = (changed: Partial<Form>): void => setForm((before) => ({ ...before, ...changed }));

  const submit = async (): Promise<void> => {
    if (isSaving) return;
    const found = check(form, change);
    setFaults(found);
    if (found.rows.size > 0 || found.interval) return focusFirstFault(element.current);
    setSaving(true);
    const failure = await save(form, kind === 'edit' ? row?._id : undefined);
    setSaving(false);
    setRefused(failure);
    if (failure !== undefined) return;
    closeDialog();
    notify(kind === 'edit' ? t.value.savedNote : t.value.createdNote);
    void refresh();
  };

  const { createTitle, editTitle, duplicateTitle } = t.value;
  const title = { new: createTitle, edit: editTitle, duplicate: duplicateTitle }[kind];
  return (
    <FormDialog title={title} form={element} refused={refused} isSaving={isSaving} submit={submit}>
      <Fields form={form} faults={faults} change={change} />
    </FormDialog>
  );
}

/** Looks for faults; where there is no field at all, there is one afterwards that says so. */
function check(form: Form, change: (changed: Partial<Form>) => void): Faults {
  const faults = faultsOf(form);
  if (form.rows.length > 0) return faults;
  const row = newRow();
  change({ rows: [row] });
  return { ...faults, rows: new Map([[row.key, 'noField']]) };
}

function focusFirstFault(form: HTMLFormElement | null): void {
  requestAnimationFrame(() => form?.querySelector<HTMLElement>('[aria-invalid]')?.focus());
}

/** @returns why it was not saved; undefined where it was */
async function save(form: Form, id: string | undefined): Promise<ComponentChildren> {
  const json = ruleOf(form, session.value?.user ?? null);
  try {
    if (id === undefined) await call('POST', 'heartbeat', { json });
    else await call('PUT', heartbeatPath(id), { json });
    return undefined;
  } catch (error) {
    if (error instanceof ApiError && error.message === PATTERN_EXISTS) return taken(error.heartbeat);
    return t.value.notSaved(reasonOf(error, t.value.unreachable));
  }
}

/** @param id of the heartbeat that has the pattern */
async function taken(id: string | undefined): Promise<ComponentChildren> {
  if (id === undefined) return t.value.taken;
  const name = await call<Row>('GET', heartbeatPath(id)).then(
    (found) => nameOf(shownRow(found)),
    () => id,
  );
  return (
    <>
      {t.value.taken} {t.value.see} <HeartbeatLink id={id} name={name} />
    </>
  );
}

interface FieldsProps {
  form: Form;
  faults: Faults;
  change: (changed: Partial<Form>) => void;
}

function Fields({ form, faults, change }: FieldsProps): JSX.Element {
  const { name, description, alarmText, faults: says } = t.value;
  return (
    <>
      <Labelled label={name}>
        {(tied) => (
          <input
            {...tied}
            value={form.name}
            autocomplete="off"
            onInput={({ currentTarget }) => change({ name: currentTarget.value })}
          />
        )}
      </Labelled>
      <PatternFields rows={form.rows} faults={faults.rows} onRows={(rows) => change({ rows })} />
      <MatchCount rows={form.rows} />
      <Interval form={form} fault={faults.interval ? says.interval : undefined} change={change} />
      <LongText
        label={description}
        value={form.description}
        onValue={(value) => change({ description: value })}
      />
      <LongText label={alarmText} value={form.output} onValue={(value) => change({ output: value })} />
    </>
  );
}

interface IntervalProps {
  /** Default: that an event is expected so often. */
  label?: string;
  form: Pick<Form, 'every' | 'unit'>;
  /** What is wrong with it. */
  fault: string | undefined;
  change: (changed: Partial<Pick<Form, 'every' | 'unit'>>) => void;
}

/** A length of time: a number and its unit. */
export function Interval({ label, form, fault, change }: IntervalProps): JSX.Element {
  const { expectedEvery, unit, seconds, minutes, hours } = t.value;
  return (
    <div class="pair">
      <Labelled label={label ?? expectedEvery} fault={fault}>
        {(tied) => (
          <input
            {...tied}
            inputMode="numeric"
            autocomplete="off"
            value={form.every}
            onInput={({ currentTarget }) => change({ every: currentTarget.value })}
          />
        )}
      </Labelled>
      <Labelled label={unit}>
        {(tied) => (
          <select
            {...tied}
            value={form.unit}
            onChange={({ currentTarget }) => change({ unit: currentTarget.value as Unit })}
          >
            <option value="s">{seconds}</option>
            <option value="m">{minutes}</option>
            <option value="h">{hours}</option>
          </select>
        )}
      </Labelled>
    </div>
  );
}
