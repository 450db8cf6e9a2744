import type { mongo } from 'mongoose';
import type { Dialect } from '../domain/dialect';
import type { StoredHeartbeat } from '../heartbeat/heartbeat.schema';
import { duplicatePositions } from '../database/duplicate-key';
import { Candidate, candidateOf, verdictOn } from './candidate';
import { ARRAY_PROBLEM, FoundHeartbeat, Problem, heartbeatsIn } from './found-heartbeat';
import type { Line } from './lines';
import { MigrationError } from './migration-error';
import type { HeartbeatStore } from './heartbeat-store';
import type { Outcome, Report } from './report';

/** How many heartbeats are stored at once, and of how many bytes of lines. */
const BATCH = 500;
const BATCH_BYTES = 8 * 1024 * 1024;
/** How often others may be faster in a row before it is no coincidence. */
const MAX_STALLS = 5;

/** Something in a file: to be stored, or known to be refused. */
type Entry = Candidate | Outcome;
const isCandidate = (entry: Entry): entry is Candidate => 'document' in entry;

/**
 * Stores the heartbeats of a file in its order, some hundred at a time, and overwrites nothing. What was stored once is skipped
 * when it comes again, so that an import that was cut short is simply done again.
 * @param passed is told how many bytes of the file are done
 * @throws what the driver throws where the database fails
 */
export async function importHeartbeats(
  lines: AsyncIterable<Line>,
  store: HeartbeatStore,
  dialect: Dialect,
  report: Report,
  passed: (bytes: number) => void,
): Promise<void> {
  let batch: Entry[] = [];
  let bytes = 0;
  let isFirst = true;
  const flush = async (end: number): Promise<void> => {
    await report.add(await settle(store.heartbeats, batch));
    passed(end);
    batch = [];
    bytes = 0;
  };
  for await (const line of lines) {
    bytes += line.bytes?.length ?? 0;
    const found = heartbeatsIn(line.bytes);
    for (const each of found) {
      batch.push(entryOf(each, line, store, dialect));
      if (batch.length >= BATCH || bytes >= BATCH_BYTES) await flush(line.end);
    }
    // A file that begins as an array is one: thousands of complaints would say no more.
    if (isFirst && isArray(found[0])) break;
    isFirst &&= found.length === 0;
  }
  await report.add(await settle(store.heartbeats, batch));
}

const isArray = (found: FoundHeartbeat | Problem | undefined): boolean =>
  found !== undefined && 'problem' in found && found.problem === ARRAY_PROBLEM;

function entryOf(
  found: FoundHeartbeat | Problem,
  { number }: Line,
  store: HeartbeatStore,
  dialect: Dialect,
): Entry {
  const where = `line ${number}${found.mapping === undefined ? '' : `, mapping ${found.mapping}`}`;
  if ('problem' in found) return { where, kind: 'refused', reason: found.problem };
  return candidateOf(found, { where, dialect, now: store.now(), inserted: store.nextInserted() });
}

/** @returns what became of each, in their order */
async function settle(
  heartbeats: mongo.Collection<StoredHeartbeat>,
  entries: readonly Entry[],
): Promise<Outcome[]> {
  const settled = new Map<Entry, Outcome>();
  let open = entries.filter(isCandidate);
  for (let stalls = 0; open.length > 0;) {
    const before = open.length;
    const independent = independentOf(open);
    const refused = await insert(heartbeats, independent);
    for (const candidate of independent) {
      if (!refused.has(candidate)) settled.set(candidate, { where: candidate.where, kind: 'imported' });
    }
    open = await judge(
      heartbeats,
      open.filter((candidate) => !settled.has(candidate)),
      settled,
    );
    stalls = open.length < before ? 0 : stalls + 1;
    if (stalls > MAX_STALLS) throw new MigrationError('another program keeps changing the same heartbeats');
  }
  return entries.map((entry) => (isCandidate(entry) ? settled.get(entry) : entry)).filter((each) => !!each);
}

/** Those that have neither id nor pattern in common with one before them, which would come first. */
function independentOf(candidates: readonly Candidate[]): Candidate[] {
  const ids = new Set<string>();
  const keys = new Set<string>();
  return candidates.filter(({ key, document: { _id } }) => {
    const isFree = !ids.has(_id) && !keys.has(key);
    ids.add(_id);
    keys.add(key);
    return isFree;
  });
}

/** @returns those whose id or pattern is taken; the others are stored */
async function insert(
  heartbeats: mongo.Collection<StoredHeartbeat>,
  candidates: readonly Candidate[],
): Promise<Set<Candidate>> {
  const operations = candidates.map(({ document }) => ({ insertOne: { document } }));
  try {
    await heartbeats.bulkWrite(operations, { ordered: false });
    return new Set();
  } catch (error) {
    const refused = duplicatePositions(error);
    if (!refused) throw error;
    return new Set(refused.map((index) => candidates[index]).filter((each) => !!each));
  }
}

/** Looks for what is in the way of these. @returns those that nothing is in the way of (any more) */
async function judge(
  heartbeats: mongo.Collection<StoredHeartbeat>,
  candidates: readonly Candidate[],
  settled: Map<Entry, Outcome>,
): Promise<Candidate[]> {
  if (candidates.length === 0) return [];
  const ids = candidates.map(({ document }) => document._id);
  const keys = candidates.map(({ key }) => key);
  const byId = new Map<string, StoredHeartbeat>();
  const byKey = new Map<string, StoredHeartbeat>();
  for await (const stored of heartbeats.find({ _id: { $in: ids } })) byId.set(stored._id, stored);
  const projection = { _id: 1, pattern_key: 1 };
  for await (const stored of heartbeats.find({ pattern_key: { $in: keys } }, { projection })) {
    byKey.set(stored.pattern_key ?? '', stored);
  }
  return candidates.filter((candidate) => {
    const { where, key, document } = candidate;
    const verdict = verdictOn(candidate, byId.get(document._id), byKey.get(key));
    if (verdict) settled.set(candidate, { where, ...verdict });
    return verdict === undefined;
  });
}
