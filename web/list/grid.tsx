import type { JSX, RefObject } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { go } from '../navigation';
import { openDialog } from '../open-dialog';
import { may } from '../session';
import { t } from '../texts';
import { current, focusWanted, followCurrent, moveTo } from './current';
import { HeaderRow } from './header';
import { type Listing, showRange } from './overview';
import { GridRow } from './row';
import { maySelect, toggle } from './selection';
import { type Range, indexesOf, movedBy, rangeOf } from './window';

/** Any number of heartbeats, of which the rows exist that are to be seen. */
export function Grid({ listing }: { listing: Listing }): JSX.Element {
  const body = useRef<HTMLDivElement>(null);
  const focused = useRef<Element>(null);
  const range = useRange(body, listing.total);
  useEffect(() => showRange(range), [range.first, range.end, listing.key]);
  useCurrentRow(body, focused, listing, focusWanted.value);
  const indexes = indexesOf(range, current.value.index, listing.total);
  return (
    <div
      role="grid"
      class="grid"
      tabIndex={-1}
      aria-label={t.value.grid}
      aria-rowcount={listing.total + 1}
      aria-multiselectable={maySelect.value || undefined}
      onKeyDown={(event) => onKey(event, body, listing)}
      onFocusIn={(event) => {
        focused.current = event.target as Element;
        onFocus(event, listing);
      }}
      onFocusOut={({ target }) => {
        // What was removed loses the focus as well, and it is given back then.
        queueMicrotask(() => {
          if ((target as Element).isConnected && target === focused.current) focused.current = null;
        });
      }}
    >
      <HeaderRow />
      <div role="rowgroup" class="rows" ref={body} style={{ height: `calc(var(--row) * ${listing.total})` }}>
        {indexes.map((index) => (
          <GridRow key={index} index={index} row={listing.rows.get(index)} />
        ))}
      </div>
    </div>
  );
}

/** Which rows are to be seen, while the page is scrolled and changes its size. */
function useRange(body: RefObject<HTMLDivElement | null>, total: number): Range {
  const [range, setRange] = useState<Range>({ first: 0, end: Math.min(total, 30) });
  useLayoutEffect(() => {
    const measure = (): void => {
      if (!body.current) return;
      const { top, height } = body.current.getBoundingClientRect();
      const rowHeight = height / total || 1;
      const next = rangeOf({ above: -top, height: innerHeight, rowHeight, total });
      setRange((before) => (before.first === next.first && before.end === next.end ? before : next));
    };
    measure();
    const observer = new ResizeObserver(measure);
    if (body.current) observer.observe(body.current);
    addEventListener('scroll', measure, { passive: true });
    addEventListener('resize', measure);
    return () => {
      observer.disconnect();
      removeEventListener('scroll', measure);
      removeEventListener('resize', measure);
    };
  }, [total]);
  // The list may have become shorter since this was measured.
  return { first: Math.min(range.first, total), end: Math.min(range.end, total) };
}

/** Keeps the keyboard on its heartbeat, and gives the focus to its row where it is wanted. */
function useCurrentRow(
  body: RefObject<HTMLDivElement | null>,
  last: RefObject<Element | null>,
  listing: Listing,
  wanted: number | undefined,
): void {
  // Which of the row's buttons the keyboard is on; -1: the row itself.
  const button = useRef(-1);
  useLayoutEffect(() => {
    const focused = body.current?.contains(document.activeElement) ?? false;
    const isLost = last.current?.isConnected === false && document.activeElement === document.body;
    if (!((followCurrent(listing) && focused) || isLost)) return;
    button.current = buttonsOf(document.activeElement?.closest('[data-index]')).indexOf(
      document.activeElement,
    );
    focusWanted.value = current.value.index;
  }, [listing]);
  useLayoutEffect(() => {
    if (wanted === undefined) return;
    const row = body.current?.querySelector<HTMLElement>(`[data-index="${wanted}"]`);
    if (!row) return;
    focusWanted.value = undefined;
    const target = buttonsOf(row)[button.current] ?? row;
    button.current = -1;
    (target as HTMLElement).focus({ preventScroll: true });
    row.scrollIntoView({ block: 'nearest' });
  }, [wanted, listing]);
}

const buttonsOf = (row: Element | null | undefined): (Element | null)[] => [
  ...(row?.querySelectorAll('button') ?? []),
];

/** The row that gets the focus, by whatever means, is the current one. */
function onFocus({ target }: FocusEvent, listing: Listing): void {
  const row = (target as HTMLElement).closest<HTMLElement>('[data-index]');
  const index = Number(row?.dataset.index ?? NaN);
  if (!Number.isNaN(index)) current.value = { index, id: listing.rows.get(index)?._id };
}

function onKey(event: KeyboardEvent, body: RefObject<HTMLDivElement | null>, listing: Listing): void {
  if (event.ctrlKey || event.altKey || event.metaKey || listing.total === 0) return;
  const target = event.target as HTMLElement;
  const { index } = current.value;
  if (target.closest('.head')) return onHeaderKey(event, target, listing);
  if (event.key === 'ArrowUp' && index === 0) {
    event.preventDefault();
    document.querySelector<HTMLElement>('.head button')?.focus();
    return;
  }
  const rowHeight = (body.current?.offsetHeight ?? 0) / listing.total;
  const page = Math.floor(innerHeight / (rowHeight || innerHeight)) - 3;
  const moved = movedBy(event.key, index, page, listing.total);
  if (moved !== undefined) {
    event.preventDefault();
    moveTo(moved, listing);
  } else if (target.dataset.index !== undefined) onRowKey(event, listing);
}

/** What the row itself does; its buttons have keys of their own. */
function onRowKey(event: KeyboardEvent, listing: Listing): void {
  const row = listing.rows.get(current.value.index);
  if (row === undefined) return;
  if (event.key === 'Enter') go({ heartbeat: row._id });
  else if (event.key === ' ' && maySelect.value) toggle(row);
  else if (event.key === 'Delete' && may('delete')) openDialog.value = { kind: 'delete', row };
  else return;
  event.preventDefault();
}

function onHeaderKey(event: KeyboardEvent, target: HTMLElement, listing: Listing): void {
  const buttons = [...document.querySelectorAll<HTMLElement>('.head button')];
  const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (event.key === 'ArrowDown') moveTo(0, listing);
  else if (step !== undefined) buttons[buttons.indexOf(target) + step]?.focus();
  else return;
  event.preventDefault();
}
