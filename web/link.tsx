import type { JSX } from 'preact';
import { follow } from './navigation';
import { closeDialog } from './open-dialog';
import { formatView } from './view';

/** A link to the details of a heartbeat, from another screen or a dialog, which it leaves. */
export function HeartbeatLink({ id, name }: { id: string; name: string }): JSX.Element {
  const target = { screen: 'heartbeats', heartbeat: id } as const;
  return (
    <a
      href={formatView(target)}
      onClick={(event) => {
        follow(event, target);
        if (event.defaultPrevented) closeDialog();
      }}
    >
      {name || id}
    </a>
  );
}
