import type { JSX } from 'preact';
import { useId, useLayoutEffect, useRef } from 'preact/hooks';
import { t } from '../texts';
import { type FieldFault, type FormRow, newRow, rowsOfPasted } from './form';

/** What patterns are made of most often. */
const COMMON = ['connector', 'connector_name', 'component', 'resource', 'event_type'];

interface PatternFieldsProps {
  rows: FormRow[];
  faults: ReadonlyMap<number, FieldFault>;
  onRows: (rows: FormRow[]) => void;
}

/** The pattern as rows of a field and its value. */
export function PatternFields({ rows, faults, onRows }: PatternFieldsProps): JSX.Element {
  const group = useRef<HTMLFieldSetElement>(null);
  const wanted = useRef<number>(undefined);
  useLayoutEffect(() => {
    if (wanted.current === undefined) return;
    group.current?.querySelector<HTMLElement>(`[data-row="${wanted.current}"]`)?.focus();
    wanted.current = undefined;
  });
  const add = (field = ''): void => {
    const row = newRow(field);
    // A row that nobody has filled in yet is the place for it.
    const free = field === '' ? undefined : rows.find((one) => one.field === '' && one.value === '');
    wanted.current = (free ?? row).key;
    onRows(free ? rows.map((one) => (one === free ? { ...one, field } : one)) : [...rows, row]);
  };
  const paste = (event: ClipboardEvent): void => {
    const pasted = rowsOfPasted(event.clipboardData?.getData('text/plain') ?? '');
    if (!pasted) return;
    event.preventDefault();
    onRows(pasted);
  };
  return (
    <fieldset ref={group} onPaste={paste}>
      <legend>{t.value.pattern}</legend>
      {rows.map((row, at) => (
        <PatternRow
          key={row.key}
          row={row}
          number={at + 1}
          fault={faults.get(row.key)}
          onRow={(changed) => onRows(rows.map((one) => (one === row ? changed : one)))}
          onRemove={() => {
            wanted.current = rows[at + 1]?.key ?? rows[at - 1]?.key;
            onRows(rows.filter((one) => one !== row));
          }}
        />
      ))}
      <div class="common">
        <button type="button" onClick={() => add()}>
          {t.value.addField}
        </button>
        <CommonFields taken={rows.map(({ field }) => field)} onField={add} />
      </div>
      <p class="hint">{t.value.pasteHint}</p>
    </fieldset>
  );
}

function CommonFields(props: { taken: string[]; onField: (field: string) => void }): JSX.Element {
  return (
    <div role="group" class="common" aria-label={t.value.commonFields}>
      {COMMON.filter((field) => !props.taken.includes(field)).map((field) => (
        <button type="button" class="chip" key={field} onClick={() => props.onField(field)}>
          {field}
        </button>
      ))}
    </div>
  );
}

interface PatternRowProps {
  row: FormRow;
  number: number;
  fault: FieldFault | undefined;
  onRow: (row: FormRow) => void;
  onRemove: () => void;
}

function PatternRow({ row, number, fault, onRow, onRemove }: PatternRowProps): JSX.Element {
  const faultId = useId();
  const { field, value, removeField, faults } = t.value;
  return (
    <div class="pattern-row">
      <input
        data-row={row.key}
        aria-label={field(number)}
        placeholder={t.value.fieldHint}
        aria-invalid={fault !== undefined || undefined}
        aria-describedby={fault && faultId}
        value={row.field}
        spellcheck={false}
        autocomplete="off"
        onInput={({ currentTarget }) => onRow({ ...row, field: currentTarget.value })}
      />
      <input
        aria-label={value(number)}
        placeholder={t.value.valueHint}
        value={row.value}
        spellcheck={false}
        autocomplete="off"
        onInput={({ currentTarget }) => onRow({ ...row, value: currentTarget.value })}
      />
      <button
        type="button"
        class="icon remove"
        aria-label={removeField(number)}
        title={removeField(number)}
        onClick={onRemove}
      />
      {fault !== undefined && (
        <p id={faultId} class="fault">
          {faults[fault]}
        </p>
      )}
    </div>
  );
}
