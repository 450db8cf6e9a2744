import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { go } from '../navigation';
import { may } from '../session';
import { t } from '../texts';
import { Grid } from './grid';
import { failureText, listing, readAnew, refresh, wantedKey } from './overview';
import './list.css';
import { SelectedBar } from './selected-bar';
import { NewHeartbeatButton, Toolbar, isEmpty } from './toolbar';

/** The list of heartbeats. */
export function HeartbeatList(): JSX.Element {
  const key = wantedKey.value;
  useEffect(() => {
    if (listing.value?.key === key) return;
    scrollTo(0, 0);
    void readAnew();
  }, [key]);
  return (
    <div class="list">
      <Toolbar />
      <SelectedBar />
      <Rows />
    </div>
  );
}

function Rows(): JSX.Element {
  const shown = listing.value;
  if (shown === undefined) return <NotYet />;
  if (isEmpty()) return <Empty />;
  if (shown.total === 0) return <NoMatch />;
  return <Grid listing={shown} />;
}

function NotYet(): JSX.Element {
  if (failureText.value === undefined) return <p class="empty">{t.value.loading}</p>;
  return (
    <p class="empty">
      {failureText.value}{' '}
      <button type="button" onClick={() => void refresh()}>
        {t.value.tryAgain}
      </button>
    </p>
  );
}

function Empty(): JSX.Element {
  return (
    <div class="empty">
      <p>{t.value.none}</p>
      {may('create') && <NewHeartbeatButton />}
    </div>
  );
}

function NoMatch(): JSX.Element {
  return (
    <div class="empty">
      <p>{t.value.noMatch}</p>
      <button
        type="button"
        onClick={() => {
          go({ search: '', state: undefined });
        }}
      >
        {t.value.showAll}
      </button>
    </div>
  );
}
