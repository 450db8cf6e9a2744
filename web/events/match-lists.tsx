import type { JSX } from 'preact';
import { useId } from 'preact/hooks';
import { HeartbeatLink } from '../link';
import { Glyph } from '../list/icons';
import { t } from '../texts';
import type { Match, Named } from '../types';

/** The heartbeats that would count an event, and those that would but for one field. */
export function MatchLists({ match: { matching, almost } }: { match: Match }): JSX.Element {
  const matchingId = useId();
  const almostId = useId();
  const { noMatching, noAlmost } = t.value;
  return (
    <div class="matches">
      <section class="panel">
        <h2 id={matchingId}>{t.value.matching}</h2>
        <ul aria-labelledby={matchingId}>
          {matching.map((one) => (
            <li key={one._id}>
              <Link of={one} />
            </li>
          ))}
        </ul>
        {matching.length === 0 && <p>{noMatching}</p>}
      </section>
      <section class="panel">
        <h2 id={almostId}>{t.value.almost}</h2>
        <ul aria-labelledby={almostId}>
          {almost.map((one) => (
            <li key={one._id}>
              <Link of={one} />
              {one.wrong.map((wrong) => (
                <Wrong key={wrong.field} {...wrong} />
              ))}
            </li>
          ))}
        </ul>
        {almost.length === 0 && <p>{noAlmost}</p>}
      </section>
    </div>
  );
}

function Link({ of: { _id, name, state } }: { of: Named }): JSX.Element {
  return (
    <>
      <Glyph state={state} />
      <HeartbeatLink id={_id} name={name} />
    </>
  );
}

function Wrong({ field, found, wanted }: Match['almost'][number]['wrong'][number]): JSX.Element {
  const { wrongField, quoted, absent } = t.value;
  return <p class="wrong">{wrongField(field, found === null ? absent : quoted(found), quoted(wanted))}</p>;
}
