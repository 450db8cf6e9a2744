import type { JSX } from 'preact';
import { now } from '../clock';
import { formats, t } from '../texts';
import type { Alarm, Span } from '../types';
import { type Day, MOST_LINES, WIDTH, dayOf } from './day';

const LINE = 8;
const AXIS = 26;
/** Nearer to an edge a label in the middle of its mark would be cut, in the larger letters of narrow screens. */
const EDGE = 34;
const LEAST_HEIGHT = 40;

/** The last 24 hours: a line for each alarm, and the time in which events could not be heard. */
export function DayPicture({
  alarms,
  blind,
}: {
  alarms: readonly Alarm[];
  blind: readonly Span[];
}): JSX.Element {
  const day = dayOf(alarms, blind, now.value);
  const { number, time } = formats.value;
  const sentence = t.value.last24h(day.count, number(day.count));
  const height = Math.max(LEAST_HEIGHT, day.alarms.length * LINE);
  return (
    <figure class="day">
      <svg role="img" aria-label={sentence} viewBox={`0 0 ${WIDTH} ${height + AXIS}`}>
        <defs>
          <pattern
            id="hatch"
            width="6"
            height="6"
            patternUnits="userSpaceOnUse"
            patternTransform="rotate(45)"
          >
            <path d="M0 0v6" />
          </pattern>
        </defs>
        {day.blind.map(({ x, width }) => (
          <rect key={x} class="blind-band" x={x} y="0" width={width} height={height} />
        ))}
        {day.marks.map(({ x, at }) => (
          <g key={at}>
            <path class="axis" d={`M${x} 0V${height}`} />
            <text
              x={x}
              y={height + AXIS - 8}
              text-anchor={x < EDGE ? 'start' : x > WIDTH - EDGE ? 'end' : 'middle'}
            >
              {time(at, at)}
            </text>
          </g>
        ))}
        {day.alarms.map(({ x, width, alarm }, at) => (
          <rect
            key={`${alarm.heartbeat} ${alarm.from}`}
            class={alarm.to === null ? 'open-alarm' : 'past-alarm'}
            x={x}
            y={at * LINE + 1}
            width={width}
            height={LINE - 2}
          />
        ))}
        <path class="axis" d={`M0 ${height}H${WIDTH}`} />
      </svg>
      <figcaption>
        {sentence} {day.count > MOST_LINES && t.value.last24hFirst(number(MOST_LINES))}
      </figcaption>
      <Legend day={day} />
    </figure>
  );
}

/** What the marks of the picture are; only of those that are in it. */
function Legend({ day: { alarms, blind } }: { day: Day }): JSX.Element {
  const { open, resolved, blindTime } = t.value;
  const isOpen = ({ alarm }: Day['alarms'][number]): boolean => alarm.to === null;
  return (
    <ul class="legend">
      {alarms.some(isOpen) && <li class="open-alarm">{open}</li>}
      {!alarms.every(isOpen) && <li class="past-alarm">{resolved}</li>}
      {blind.length > 0 && <li class="of-blind">{blindTime}</li>}
    </ul>
  );
}
