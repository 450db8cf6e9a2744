import type { JSX } from 'preact';
import { follow, view } from '../navigation';
import { openDialog } from '../open-dialog';
import { may, mayChange } from '../session';
import { t } from '../texts';
import { intervalText } from '../times';
import { type Row, nameOf, patternText } from '../types';
import { formatView } from '../view';
import { current } from './current';
import { Glyph } from './icons';
import { RecentPast } from './recent-past';
import { maySelect, selection, toggle } from './selection';
import { Left, Passed } from './when';

interface GridRowProps {
  index: number;
  /** Undefined until it is read. */
  row: Row | undefined;
}

/** A row of the list at its place; the current one can be reached by the Tab key, and then its buttons. */
export function GridRow({ index, row }: GridRowProps): JSX.Element {
  const isCurrent = current.value.index === index;
  const isOpen = row !== undefined && view.value.heartbeat === row._id;
  return (
    <div
      role="row"
      class={`row ${isOpen ? 'open' : ''}`}
      aria-rowindex={index + 2}
      aria-selected={maySelect.value && row ? selection.value.has(row._id) : undefined}
      data-index={index}
      tabIndex={isCurrent ? 0 : -1}
      style={{ top: `calc(var(--row) * ${index})` }}
    >
      {row ? <Cells row={row} isCurrent={isCurrent} /> : <div role="gridcell">{t.value.loading}</div>}
    </div>
  );
}

function Cells({ row, isCurrent }: { row: Row; isCurrent: boolean }): JSX.Element {
  const { never } = t.value;
  return (
    <>
      <StateCell row={row} />
      <NameCell row={row} />
      <div role="gridcell" class="past">
        <RecentPast gaps={row.gaps} />
      </div>
      <div role="gridcell" class="interval">
        {intervalText(row.expected_interval, t.value)}
      </div>
      <div role="gridcell" class="last">
        {row.last_event === null ? never : <Passed at={row.last_event} />}
      </div>
      <div role="gridcell" class="left">
        <Left deadline={row.state === 'paused' ? null : row.deadline} />
      </div>
      {mayChange() && <ActionsCell row={row} tabIndex={isCurrent ? 0 : -1} />}
    </>
  );
}

function StateCell({ row }: { row: Row }): JSX.Element {
  return (
    <div role="gridcell" class={`state ${row.state}`}>
      {maySelect.value && (
        // By keyboard, the space bar does this.
        <input
          type="checkbox"
          tabIndex={-1}
          aria-label={t.value.select(nameOf(row))}
          checked={selection.value.has(row._id)}
          onChange={() => toggle(row)}
        />
      )}
      <Glyph state={row.state} />
      <span class="word">{t.value.states[row.state]}</span>
      <span class="under">
        <Passed at={row.since} />
      </span>
    </div>
  );
}

function NameCell({ row }: { row: Row }): JSX.Element {
  const change = { heartbeat: row._id };
  const under = row.name ? Object.values(row.pattern).join(' · ') : (row.description ?? '');
  return (
    <div role="gridcell" class="name">
      <a
        href={formatView({ ...view.value, ...change })}
        tabIndex={-1}
        title={patternText(row.pattern)}
        onClick={(event) => follow(event, change)}
      >
        {nameOf(row)}
      </a>
      <span class="under">{under}</span>
    </div>
  );
}

function ActionsCell({ row, tabIndex }: { row: Row; tabIndex: number }): JSX.Element {
  const button = (kind: 'edit' | 'duplicate' | 'delete', label: string): JSX.Element => (
    <button
      type="button"
      class={`icon ${kind}`}
      tabIndex={tabIndex}
      aria-label={label}
      title={label}
      onClick={() => {
        openDialog.value = { kind, row };
      }}
    />
  );
  const name = nameOf(row);
  return (
    <div role="gridcell" class="actions">
      {may('update') && button('edit', t.value.edit(name))}
      {may('create') && button('duplicate', t.value.duplicate(name))}
      {may('delete') && button('delete', t.value.remove(name))}
    </div>
  );
}
