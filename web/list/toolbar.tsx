import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { adjust, go, view } from '../navigation';
import { openDialog } from '../open-dialog';
import { may, mayChange } from '../session';
import { formats, t } from '../texts';
import { STATES, type State } from '../types';
import { SortChoice } from './header';
import { Glyph } from './icons';
import { counts, listing } from './overview';

/** So long one has stopped to type before it is searched. */
const TYPING_MS = 120;

/** Above the list: how many there are of each state, the search, how many are shown, and a new one. */
export function Toolbar(): JSX.Element {
  const total = listing.value?.total;
  return (
    <div class="toolbar">
      <div role="group" class="states" aria-label={t.value.state}>
        <StateButton state={undefined} />
        {STATES.filter((state) => state !== 'paused' || hasPaused()).map((state) => (
          <StateButton key={state} state={state} />
        ))}
      </div>
      <SearchBox />
      <SortChoice />
      <p role="status" class="count">
        {total === undefined ? t.value.loading : t.value.heartbeats(total, formats.value.number(total))}
      </p>
      <NewButton />
    </div>
  );
}

/** Most have nothing paused, ever: its button comes with the first, and stays while it is pressed. */
const hasPaused = (): boolean => view.value.state === 'paused' || (counts.value?.paused ?? 0) > 0;

function NewButton(): JSX.Element | null {
  if (!mayChange()) return <p class="look-only">{t.value.lookOnly}</p>;
  // An empty list offers it itself.
  if (!may('create') || isEmpty()) return null;
  return <NewHeartbeatButton />;
}

/** Whether there is no heartbeat at all. */
export const isEmpty = (): boolean =>
  listing.value?.total === 0 && Object.values(counts.value ?? {}).every((count) => count === 0);

export function NewHeartbeatButton(): JSX.Element {
  return (
    <button
      type="button"
      class="primary"
      onClick={() => {
        openDialog.value = { kind: 'new' };
      }}
    >
      {t.value.newHeartbeat}
    </button>
  );
}

function StateButton({ state }: { state: State | undefined }): JSX.Element {
  const of = counts.value;
  const count =
    of && (state === undefined ? of.up + of.down + of.waiting + of.paused + of.invalid : of[state]);
  return (
    <button type="button" aria-pressed={view.value.state === state} onClick={() => go({ state })}>
      {state !== undefined && <Glyph state={state} />}
      {state === undefined ? t.value.all : t.value.states[state]}{' '}
      <span class="number">{count === undefined ? '…' : formats.value.number(count)}</span>
    </button>
  );
}

function SearchBox(): JSX.Element {
  const input = useRef<HTMLInputElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const { search } = view.value;
  // What one types is newer than the address, unless that was changed by something else.
  useEffect(() => {
    if (input.current && document.activeElement !== input.current) input.current.value = search;
  }, [search]);
  return (
    <input
      ref={input}
      type="search"
      aria-label={t.value.search}
      placeholder={t.value.search}
      defaultValue={search}
      spellcheck={false}
      onInput={({ currentTarget }) => {
        clearTimeout(timer.current);
        timer.current = setTimeout(() => adjust({ search: currentTarget.value }), TYPING_MS);
      }}
    />
  );
}
