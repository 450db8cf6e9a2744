import type { JSX } from 'preact';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { now } from '../clock';
import { focusRowOf } from '../list/current';
import { Glyph } from '../list/icons';
import { listing } from '../list/overview';
import { go } from '../navigation';
import { may } from '../session';
import { formats, t } from '../texts';
import { duration } from '../times';
import { type Row, nameOf, openSince } from '../types';
import { AlarmsOf } from './alarms-of';
import './details.css';
import { Fields } from './fields';
import { Pausing } from './pausing';
import { type Known, useHeartbeat } from './reading';
import { SendEvent } from './send-event';
import { Silence } from './silence';

/** All that is known of one heartbeat, beside the list. */
export function Details({ id }: { id: string }): JSX.Element {
  const known = useHeartbeat(id);
  const { row } = known;
  const heading = useRef<HTMLHeadingElement>(null);
  const name = row ? nameOf(row) : id;
  useLayoutEffect(() => heading.current?.focus(), [id]);
  const close = (): void => {
    go({ heartbeat: undefined });
    focusRowOf(id, listing.value);
  };
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const inDialog = document.querySelector('dialog[open]') !== null;
      const inside = heading.current?.closest('section')?.contains(document.activeElement);
      if (event.key === 'Escape' && inside && !inDialog) close();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, [id]);
  return (
    <section class="details" aria-label={t.value.detailsOf(name)}>
      <div class="details-head">
        <h2 ref={heading} tabIndex={-1}>
          {name}
        </h2>
        <button type="button" onClick={close}>
          {t.value.close}
        </button>
      </div>
      {row ? <Body row={row} known={known} /> : <Absent known={known} />}
    </section>
  );
}

function Absent({ known: { isGone, failure } }: { known: Known }): JSX.Element {
  if (isGone) return <p>{t.value.gone}</p>;
  return <p>{failure === undefined ? t.value.loading : t.value.failed(failure)}</p>;
}

function Body({ row, known: { past, failure } }: { row: Row; known: Known }): JSX.Element {
  const began = (row.state === 'down' && openSince(past)) || row.since;
  const since = formats.value.time(began, now.value);
  const ago = t.value.ago(duration(now.value - began, t.value));
  return (
    <>
      <p class={row.state}>
        <Glyph state={row.state} />
        <span class="word">{t.value.states[row.state]}</span> {t.value.stateSince(since, ago)}
      </p>
      <Pausing row={row} />
      {row.description && <p class="text">{row.description}</p>}
      {failure !== undefined && <p class="fault">{t.value.failed(failure)}</p>}
      <h3>{t.value.silence}</h3>
      {past ? <Silence row={row} past={past} /> : failure === undefined && <p>{t.value.loading}</p>}
      <h3>{t.value.alarmsOf}</h3>
      {past ? <AlarmsOf alarms={past.alarms} /> : failure === undefined && <p>{t.value.loading}</p>}
      <h3>{t.value.fields}</h3>
      <Fields row={row} />
      {may('event') && <SendEvent pattern={row.pattern} />}
    </>
  );
}
