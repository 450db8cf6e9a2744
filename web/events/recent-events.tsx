import type { JSX } from 'preact';
import { useId, useState } from 'preact/hooks';
import { now } from '../clock';
import { formats, t } from '../texts';
import type { Event, Events } from '../types';

/** So many are shown until one asks for all. */
const FIRST = 20;

interface RecentEventsProps {
  /** The newest first. */
  events: Events['events'];
  onUse: (event: Event) => void;
}

/** What has arrived lately, to try it. */
export function RecentEvents({ events, onUse }: RecentEventsProps): JSX.Element {
  const id = useId();
  const [isWhole, setWhole] = useState(false);
  const { number, clock } = formats.value;
  const newestFirst = [...events].sort((one, other) => other.at - one.at);
  const shown = isWhole ? newestFirst : newestFirst.slice(0, FIRST);
  return (
    <section class="panel">
      <h2 id={id}>{t.value.recentEvents}</h2>
      {events.length === 0 && <p>{t.value.noRecent}</p>}
      <ul aria-labelledby={id} class="recent">
        {shown.map(({ at, event, matches }, index) => (
          <li key={`${at} ${index}`}>
            <p>
              {clock(at, now.value)} · {t.value.matchesCount(matches, number(matches))}
            </p>
            <button type="button" onClick={() => onUse(event)}>
              {t.value.useEvent}
            </button>
            <pre>{JSON.stringify(event)}</pre>
          </li>
        ))}
      </ul>
      {shown.length < events.length && (
        <button type="button" onClick={() => setWhole(true)}>
          {t.value.more}
        </button>
      )}
    </section>
  );
}
