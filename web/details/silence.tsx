import type { JSX } from 'preact';
import { now } from '../clock';
import { formats, t } from '../texts';
import { duration, intervalSeconds } from '../times';
import type { Past, Row, Span } from '../types';
import { type Band, HEIGHT, WIDTH, endOf, longestGap, sawtoothOf } from './sawtooth';

/** The past as a picture: silence against what is allowed. */
export function Silence({ row, past }: { row: Row; past: Past }): JSX.Element {
  const interval = intervalSeconds(row.expected_interval);
  const sentence = sentenceOf(past, row.last_event, interval, now.value);
  if (interval === undefined || past.arrivals.length === 0) return <p>{sentence}</p>;
  return (
    <figure>
      <Picture past={past} interval={interval} sentence={sentence} />
      <figcaption>{sentence}</figcaption>
      <Legend past={past} end={endOf(past.arrivals, now.value, interval)} />
    </figure>
  );
}

/** How long it has been silent, and how long it was at most before; the last event may not be among the arrivals yet. */
function sentenceOf(
  { arrivals }: Past,
  lastEvent: number | null,
  interval: number | undefined,
  at: number,
): string {
  const last = Math.max(lastEvent ?? -Infinity, arrivals.at(-1) ?? -Infinity);
  if (!Number.isFinite(last) || interval === undefined) return t.value.noArrivals;
  const silent = t.value.silentNow(duration(at - last, t.value));
  const allowed = duration(interval, t.value);
  if (arrivals.length < 2) return `${silent} ${t.value.allowedSilence(allowed)}`;
  const longest = duration(longestGap(arrivals), t.value);
  return `${silent} ${t.value.longestGap(formats.value.number(arrivals.length), longest, allowed)}`;
}

interface PictureProps {
  past: Past;
  interval: number;
  sentence: string;
}

/** Below the picture: when it begins, and that it ends now. */
const AXIS = 16;

function Picture({ past, interval, sentence }: PictureProps): JSX.Element {
  const { line, allowedY, alarms, blind } = sawtoothOf(past, interval, now.value);
  const end = endOf(past.arrivals, now.value, interval);
  const start = past.arrivals[0] ?? now.value;
  // Within a minute both ends would be the same.
  const at = formats.value[end - start < 60 ? 'clock' : 'time'];
  const band = (kind: string, { x, width }: Band): JSX.Element => (
    <rect key={`${kind}${x}`} class={kind} x={x} y="0" width={width} height={HEIGHT} />
  );
  return (
    <svg class="silence" role="img" aria-label={sentence} viewBox={`0 0 ${WIDTH} ${HEIGHT + AXIS}`}>
      <defs>
        <pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
          <path d="M0 0v6" />
        </pattern>
      </defs>
      {blind.map((one) => band('blind-band', one))}
      {alarms.map((one) => band('alarm-band', one))}
      <path class="allowed" d={`M0 ${allowedY}H${WIDTH}`} />
      <path class="heard" d={line} />
      <path class="axis" d={`M0 ${HEIGHT}H${WIDTH}`} />
      <text x="2" y={allowedY - 3}>
        {duration(interval, t.value)}
      </text>
      <text x="0" y={HEIGHT + AXIS - 3}>
        {at(start, now.value)}
      </text>
      <text x={WIDTH} y={HEIGHT + AXIS - 3} text-anchor="end">
        {at(end, now.value) + (end < now.value ? ' →' : '')}
      </text>
    </svg>
  );
}

/** What the marks of the picture are; only of those that are in it. */
function Legend({ past, end }: { past: Past; end: number }): JSX.Element {
  const { heard, allowed, alarm, blindTime } = t.value;
  const start = past.arrivals[0] ?? 0;
  const isSeen = ({ from, to }: Span): boolean => (to === null || to > start) && from < end;
  return (
    <ul class="legend">
      <li class="of-heard">{heard}</li>
      <li class="of-allowed">{allowed}</li>
      {past.alarms.some(isSeen) && <li class="of-alarm">{alarm}</li>}
      {past.blind.some(isSeen) && <li class="of-blind">{blindTime}</li>}
    </ul>
  );
}
