import { useEffect, useState } from 'preact/hooks';
import { ApiError, call, heartbeatPath, query, reasonOf } from '../api';
import { listing, rowOf } from '../list/overview';
import { shownRow } from '../rows';
import { t } from '../texts';
import type { Heartbeat, Overview, Past, Row, Times } from '../types';

/** The past, and a row that the list does not hold, are read so often. */
const AGAIN_MS = 10_000;

/** What is known of one heartbeat. */
export interface Known {
  row: Row | undefined;
  past: Past | undefined;
  /** It does not exist. */
  isGone: boolean;
  /** Why it could not be read; what was known stays. */
  failure: string | undefined;
}

/** Reads a heartbeat and its past, and reads them again when it changes. */
export function useHeartbeat(id: string): Known {
  const listed = listing.value && rowOf(id);
  const [read, setRead] = useState<Row>();
  const [readPast, setReadPast] = useState<{ id: string; past: Past }>();
  const [isGone, setGone] = useState(false);
  const [failure, setFailure] = useState<string>();
  const row = listed ?? (read?._id === id ? read : undefined);
  const moved = row && `${row.state} ${row.last_event} ${row.updated}`;

  const reading = (work: () => Promise<void>): void => {
    work().then(
      () => setFailure(undefined),
      (error: unknown) => setFailure(reasonOf(error, t.value.unreachable)),
    );
  };
  useEffect(() => {
    setGone(false);
    if (listed) return;
    const readIt = (): void =>
      reading(async () => {
        const found = await readRow(id);
        setGone(found === undefined);
        setRead(found);
      });
    readIt();
    const timer = setInterval(readIt, AGAIN_MS);
    return () => clearInterval(timer);
  }, [id, listed === undefined]);
  useEffect(() => {
    // Arrivals are stored some seconds after they came.
    const readIt = (): void => {
      if (document.hidden) return;
      reading(async () => setReadPast({ id, past: await call<Past>('GET', heartbeatPath(id, '/past')) }));
    };
    readIt();
    const timer = setInterval(readIt, AGAIN_MS);
    return () => clearInterval(timer);
  }, [id, moved]);
  useEffect(() => {
    if (!row || !hasReason(row) || row.reason !== undefined) return;
    reading(async () => setRead({ ...row, ...(await call<Times>('GET', heartbeatPath(id, '/state'))) }));
  }, [id, row?.state, row?.since]);
  const reason =
    row && hasReason(row) ? (row.reason ?? (read?._id === id ? read.reason : undefined)) : undefined;
  const past = readPast?.id === id ? readPast.past : undefined;
  return { row: row && { ...row, reason }, past, isGone: isGone && !listed, failure };
}

/** Whether its state may have a reason, which the overview does not tell. */
const hasReason = ({ state }: Row): boolean => state === 'invalid' || state === 'paused';

/**
 * The overview shows all texts in every dialect; what it cannot find by its id is read by it.
 * @returns undefined where there is none
 */
async function readRow(id: string): Promise<Row | undefined> {
  const { data } = await call<Overview>('GET', `heartbeat-overview?${query({ search: id, limit: 100 })}`);
  const found = data.find(({ _id }) => _id === id);
  if (found) return shownRow(found);
  try {
    const [document, times] = await Promise.all([
      call<Heartbeat>('GET', heartbeatPath(id)),
      call<Times>('GET', heartbeatPath(id, '/state')),
    ]);
    return shownRow({ ...document, ...times, gaps: [] });
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return undefined;
    throw error;
  }
}
