import type { JSX } from 'preact';
import { ColumnHeaders } from '../column-headers';
import { Passed } from '../list/when';
import { openDialog } from '../open-dialog';
import { may } from '../session';
import { formats, t } from '../texts';
import type { Events } from '../types';

type Source = Events['unmatched'][number];

/** Who sends events that no heartbeat counts. */
export function Unmatched({ sources }: { sources: Events['unmatched'] }): JSX.Element {
  const { unmatched, unmatchedHint, noUnmatched, connector, connectorName, count, lastEvent, actions } =
    t.value;
  const names = [connector, connectorName, count, lastEvent, ...(may('create') ? [actions] : [])];
  return (
    <section class="panel">
      <h2>{unmatched}</h2>
      <p class="hint">{unmatchedHint}</p>
      {sources.length === 0 ? (
        <p>{noUnmatched}</p>
      ) : (
        <table aria-label={unmatched}>
          <ColumnHeaders names={names} />
          <tbody>
            {sources.map((source) => (
              <tr key={`${source.connector} ${source.connector_name}`}>
                <td>{source.connector}</td>
                <td data-name={connectorName}>{source.connector_name}</td>
                <td data-name={count}>{formats.value.number(source.count)}</td>
                <td data-name={lastEvent}>
                  <Passed at={source.last} />
                </td>
                {may('create') && (
                  <td>
                    <WatchButton source={source} />
                  </td>
                )}
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

/** Begins a heartbeat for such a source. */
function WatchButton({ source: { connector, connector_name } }: { source: Source }): JSX.Element {
  const pattern = { connector, ...(connector_name !== '' && { connector_name }) };
  return (
    <button
      type="button"
      aria-label={t.value.watchSource(Object.values(pattern).join(' '))}
      onClick={() => {
        openDialog.value = { kind: 'new', pattern };
      }}
    >
      {t.value.watch}
    </button>
  );
}
