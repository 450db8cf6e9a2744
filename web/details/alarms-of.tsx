import type { JSX } from 'preact';
import { ColumnHeaders } from '../column-headers';
import { now } from '../clock';
import { formats, t } from '../texts';
import { duration } from '../times';
import type { Span } from '../types';

/** The alarms of one heartbeat, the newest first. */
export function AlarmsOf({ alarms }: { alarms: readonly Span[] }): JSX.Element {
  const { noAlarms, alarmsOf, from, to, duration: lasted, open } = t.value;
  if (alarms.length === 0) return <p>{noAlarms}</p>;
  const newestFirst = [...alarms].sort((one, other) => other.from - one.from);
  return (
    <table aria-label={alarmsOf}>
      <ColumnHeaders names={[from, to, lasted]} />
      <tbody>
        {newestFirst.map((alarm) => (
          <tr key={alarm.from}>
            <td>
              <At time={alarm.from} />
            </td>
            <td>{alarm.to === null ? open : <At time={alarm.to} />}</td>
            <td>{duration((alarm.to ?? now.value) - alarm.from, t.value)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** As short as it can be told: there is little room. */
function At({ time }: { time: number }): JSX.Element {
  const { exact, brief } = formats.value;
  return <time title={exact(time)}>{brief(time, now.value)}</time>;
}
