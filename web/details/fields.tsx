import type { ComponentChildren, JSX } from 'preact';
import { now } from '../clock';
import { formats, t } from '../texts';
import { intervalText } from '../times';
import type { Row } from '../types';

/** Every field of a heartbeat and of its state. */
export function Fields({ row }: { row: Row }): JSX.Element {
  const texts = t.value;
  const { exact } = formats.value;
  const at = (time: number | null | undefined): string | undefined =>
    time == null ? undefined : exact(time);
  const deadline = row.state === 'paused' ? undefined : at(row.deadline);
  const isOver = row.deadline !== null && row.deadline < now.value;
  return (
    <dl>
      <Entry name={texts.reason}>{row.reason}</Entry>
      <Entry name={texts.pattern}>
        <ul class="pattern">
          {Object.entries(row.pattern).map(([field, value]) => (
            <li key={field}>
              <code>{field}</code>: <code>{value}</code>
            </li>
          ))}
        </ul>
        <p class="hint">{texts.patternHint}</p>
      </Entry>
      <Entry name={texts.interval}>{intervalText(row.expected_interval, texts)}</Entry>
      <Entry name={texts.lastEvent}>{at(row.last_event) ?? texts.never}</Entry>
      <Entry name={texts.deadline}>
        {deadline && (isOver ? `${deadline} (${texts.overdue})` : deadline)}
      </Entry>
      <Entry name={texts.alarmText}>{row.output}</Entry>
      <Entry name={texts.author}>{row.author}</Entry>
      <Entry name={texts.created}>{at(row.created)}</Entry>
      <Entry name={texts.updated}>{at(row.updated)}</Entry>
      <Entry name={texts.id}>
        <code>{row._id}</code>
      </Entry>
    </dl>
  );
}

/** One of them; none where it has no value. */
function Entry({ name, children }: { name: string; children: ComponentChildren }): JSX.Element | null {
  if (children === undefined || children === '') return null;
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}
