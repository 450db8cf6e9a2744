import type { JSX } from 'preact';
import { useReading } from '../reading';
import { formats, t } from '../texts';
import type { Events } from '../types';
import { type FormRow, patternOf } from './form';
import { matches } from './matching';

/** How many of the recent events have this pattern, while one writes it. */
export function MatchCount({ rows }: { rows: FormRow[] }): JSX.Element {
  const { data, failure } = useReading<Events>('heartbeat-events');
  const text = (): string => {
    if (data !== undefined) return countText(rows, data.events);
    return failure === undefined ? t.value.loading : t.value.failed(failure);
  };
  return (
    <p role="status" class="match-count">
      {text()}
    </p>
  );
}

function countText(rows: FormRow[], events: Events['events']): string {
  const given = rows.filter(({ field }) => field !== '');
  if (events.length === 0) return t.value.noEventsYet;
  if (given.length === 0) return '';
  const pattern = patternOf(given);
  const count = events.filter(({ event }) => matches(pattern, event)).length;
  const { number } = formats.value;
  return t.value.matches(count, number(count), number(events.length));
}
