import type { JSX } from 'preact';
import { go, view } from '../navigation';
import { mayChange } from '../session';
import { t } from '../texts';
import type { Sort } from '../view';

/** The columns that can be sorted by, in the order of the list, and how each is called. */
const sortable = (): Record<Sort, string> => {
  const { state, name, interval, lastEvent, timeLeft } = t.value;
  return { state, name, expected_interval: interval, last_event: lastEvent, deadline: timeLeft };
};

/** Sorts by a column: upwards at first, then the other way round. */
function sortBy(column: Sort): void {
  const { sortBy, sort } = view.value;
  go({ sortBy: column, sort: sortBy === column && sort === 'asc' ? 'desc' : 'asc' });
}

/** The header row; by keyboard one comes to it with the arrow key upwards from the first row. */
export function HeaderRow(): JSX.Element {
  return (
    <div role="rowgroup" class="head">
      <div role="row" class="row" aria-rowindex={1}>
        <SortHeader column="state" />
        <SortHeader column="name" />
        <div role="columnheader" class="past">
          {t.value.recentPast}
        </div>
        <SortHeader column="expected_interval" />
        <SortHeader column="last_event" />
        <SortHeader column="deadline" />
        {mayChange() && (
          <div role="columnheader" class="actions">
            {t.value.actions}
          </div>
        )}
      </div>
    </div>
  );
}

const CLASSES: Record<Sort, string> = {
  state: 'state',
  name: 'name',
  expected_interval: 'interval',
  last_event: 'last',
  deadline: 'left',
};

function SortHeader({ column }: { column: Sort }): JSX.Element {
  const { sortBy: by, sort } = view.value;
  const isSorted = by === column;
  return (
    <div
      role="columnheader"
      class={CLASSES[column]}
      aria-sort={isSorted ? (sort === 'asc' ? 'ascending' : 'descending') : undefined}
    >
      <button type="button" tabIndex={-1} onClick={() => sortBy(column)}>
        {sortable()[column]}
        {isSorted && <span aria-hidden="true">{sort === 'asc' ? ' ↑' : ' ↓'}</span>}
      </button>
    </div>
  );
}

/** The same where there is no room for a header row. */
export function SortChoice(): JSX.Element {
  const { sortBy: by, sort } = view.value;
  return (
    <label class="sort-choice">
      <span>{t.value.sortedBy}</span>
      <select
        value={`${by} ${sort}`}
        onChange={({ currentTarget }) => {
          const [column, direction] = currentTarget.value.split(' ');
          go({ sortBy: column as Sort, sort: direction as 'asc' | 'desc' });
        }}
      >
        {Object.entries(sortable()).flatMap(([column, label]) => [
          <option key={column} value={`${column} asc`}>{`${label} ↑`}</option>,
          <option key={`${column} desc`} value={`${column} desc`}>{`${label} ↓`}</option>,
        ])}
      </select>
    </label>
  );
}
