import type { JSX } from 'preact';
import { now } from '../clock';
import { timesAs } from '../settings/preferences';
import { formats, t } from '../texts';
import { duration } from '../times';

/** A time that has passed, as one chose to read times; the other way to write it is the element's title. */
export function Passed({ at }: { at: number }): JSX.Element {
  const relative = t.value.ago(duration(now.value - at, t.value));
  const { exact, time } = formats.value;
  const isExact = timesAs.value === 'exact';
  return (
    <time dateTime={new Date(at * 1_000).toISOString()} title={isExact ? relative : exact(at)}>
      {isExact ? time(at, now.value) : relative}
    </time>
  );
}

/** How long a deadline is away. */
export function Left({ deadline }: { deadline: number | null }): JSX.Element {
  if (deadline === null) return <span>–</span>;
  const left = deadline - now.value;
  if (left < 0) return <span class="overdue">{t.value.overdue}</span>;
  const { exact, time } = formats.value;
  const text = duration(left, t.value);
  const isExact = timesAs.value === 'exact';
  return (
    <time dateTime={new Date(deadline * 1_000).toISOString()} title={isExact ? text : exact(deadline)}>
      {isExact ? time(deadline, now.value) : text}
    </time>
  );
}
