import type { JSX } from 'preact';
import { now } from '../clock';
import { ColumnHeaders } from '../column-headers';
import { type OpenDialog, openDialog } from '../open-dialog';
import { Shown, useReading } from '../reading';
import { may } from '../session';
import { formats, t } from '../texts';
import { intervalText } from '../times';
import { type Window, patternText } from '../types';
import { changes } from './changes';

/** The maintenance windows, and what one may do with them. */
export function Maintenance(): JSX.Element {
  const reading = useReading<Window[]>('heartbeat-maintenance', changes.value);
  return (
    <section class="panel">
      <p class="hint">{t.value.maintenanceHint}</p>
      <Shown reading={reading}>
        {(windows) =>
          windows.length === 0 ? <p>{t.value.noWindows}</p> : <WindowTable windows={endedLast(windows)} />
        }
      </Shown>
      {may('create') && (
        <div>
          <button
            type="button"
            class="primary"
            onClick={() => {
              openDialog.value = { kind: 'window' };
            }}
          >
            {t.value.newWindow}
          </button>
        </div>
      )}
    </section>
  );
}

/** Those that never come again are below those that do. */
const endedLast = (windows: Window[]): Window[] =>
  [...windows].sort((one, other) => Number(one.next === null) - Number(other.next === null));

const mayChangeWindows = (): boolean => may('update') || may('delete');

function WindowTable({ windows }: { windows: Window[] }): JSX.Element {
  const { maintenancePage, name, grid, when, next, actions } = t.value;
  return (
    <table aria-label={maintenancePage}>
      <ColumnHeaders names={[name, grid, when, next, ...(mayChangeWindows() ? [actions] : [])]} />
      <tbody>
        {windows.map((window) => (
          <tr key={window._id}>
            <td>{window.name}</td>
            <td data-name={grid}>{window.pattern === null ? t.value.all : patternText(window.pattern)}</td>
            <td data-name={when}>
              <When window={window} />
            </td>
            <td data-name={next}>
              <Next window={window} />
            </td>
            {mayChangeWindows() && (
              <td>
                <Buttons window={window} />
              </td>
            )}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function When({ window }: { window: Window }): JSX.Element {
  if (window.cron === undefined) {
    return (
      <>
        <At time={window.from} /> – <At time={window.to} beside={window.from} />
      </>
    );
  }
  const { cron, timezone, duration } = window;
  return (
    <>
      <code>{cron}</code> {timezone}, {intervalText(duration, t.value)}
    </>
  );
}

function Next({ window: { next } }: { window: Window }): JSX.Element {
  if (next === null) return <>{t.value.over}</>;
  const { from, to } = next;
  return from > now.value ? <At time={from} /> : <>{t.value.untilThen(formats.value.clock(to, now.value))}</>;
}

/** @param beside a time of the same day makes the date needless; default: now */
function At({ time, beside = now.value }: { time: number; beside?: number }): JSX.Element {
  return <time>{formats.value.clock(time, beside)}</time>;
}

function Buttons({ window }: { window: Window }): JSX.Element {
  const { edit, remove } = t.value;
  return (
    <>
      {may('update') && (
        <IconButton kind="edit" label={edit(window.name)} dialog={{ kind: 'window', window }} />
      )}
      {may('delete') && (
        <IconButton kind="delete" label={remove(window.name)} dialog={{ kind: 'delete-window', window }} />
      )}
    </>
  );
}

interface IconButtonProps {
  kind: 'edit' | 'delete';
  label: string;
  dialog: OpenDialog;
}

function IconButton({ kind, label, dialog }: IconButtonProps): JSX.Element {
  return (
    <button
      type="button"
      class={`icon ${kind}`}
      aria-label={label}
      title={label}
      onClick={() => {
        openDialog.value = dialog;
      }}
    />
  );
}
