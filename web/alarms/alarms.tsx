import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { ColumnHeaders } from '../column-headers';
import { heartbeatPath, query } from '../api';
import { now } from '../clock';
import { HeartbeatLink } from '../link';
import { counts } from '../list/overview';
import { type Reading, Shown, useReading } from '../reading';
import { formats, t } from '../texts';
import { duration } from '../times';
import type { Alarm, Past } from '../types';
import './alarms.css';
import { DayPicture } from './picture';

/** So many are shown at first, and more each time that one asks. */
const STEP = 100;
/** No call tells more at once. */
const MOST = 1_000;

/** The alarms of all heartbeats: the last day as a picture, then all that is known as a table. */
export function Alarms(): JSX.Element {
  const [limit, setLimit] = useState(STEP);
  const reading = useReading<Alarm[]>(`heartbeat-alarms?${query({ page: 1, limit })}`, counts.value?.down);
  return (
    <Shown reading={reading}>
      {(alarms) =>
        alarms.length === 0 ? (
          <p class="empty">{t.value.noAlarmsAtAll}</p>
        ) : (
          <>
            <PictureWithBlind alarms={alarms} some={alarms[0]?.heartbeat ?? ''} />
            <AlarmTable alarms={alarms} />
            {alarms.length === limit && limit < MOST && (
              <button type="button" class="more" onClick={() => setLimit(limit + STEP)}>
                {t.value.more}
              </button>
            )}
          </>
        )
      }
    </Shown>
  );
}

/** Blind time is the same for all heartbeats, and told with the past of each. */
function PictureWithBlind({ alarms, some }: { alarms: Alarm[]; some: string }): JSX.Element {
  const { data }: Reading<Past> = useReading(heartbeatPath(some, '/past'));
  return <DayPicture alarms={alarms} blind={data?.blind ?? []} />;
}

function AlarmTable({ alarms }: { alarms: Alarm[] }): JSX.Element {
  const { alarms: title, state, heartbeat, from, to, duration: lasted } = t.value;
  return (
    <table aria-label={title} class="alarms">
      <ColumnHeaders names={[state, heartbeat, from, to, lasted]} />
      <tbody>
        {alarms.map((alarm) => (
          <AlarmRow key={`${alarm.heartbeat} ${alarm.from}`} alarm={alarm} />
        ))}
      </tbody>
    </table>
  );
}

function AlarmRow({ alarm: { heartbeat, name, from, to } }: { alarm: Alarm }): JSX.Element {
  const isOpen = to === null;
  return (
    <tr>
      <td class={isOpen ? 'down' : 'up'}>
        <span class="glyph" aria-hidden="true">
          {isOpen ? '▲' : '●'}
        </span>
        <span class="word">{isOpen ? t.value.open : t.value.resolved}</span>
      </td>
      <td class="name">
        <HeartbeatLink id={heartbeat} name={name} />
      </td>
      <td>
        <At time={from} />
      </td>
      <td>{to === null ? '–' : <At time={to} />}</td>
      <td>{duration((to ?? now.value) - from, t.value)}</td>
    </tr>
  );
}

function At({ time }: { time: number }): JSX.Element {
  return <time title={formats.value.exact(time)}>{formats.value.clock(time, now.value)}</time>;
}
