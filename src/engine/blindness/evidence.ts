import type { BlindReason, EngineDocument, EngineRecords } from '../../states/engine-documents';
import type { Cleared, HearingState } from './hearing-state';

/** A check that is not back after this long shows that the way is broken, in milliseconds; no more than one is sent in it. */
export const CHECK_LIMIT_MS = 1_000;
/** An engine that has stored nothing for so long is not waited for once the broker counts it no more, in milliseconds. */
const STALLED_AFTER_MS = 3_000;
/** An engine that has written nothing for so long, in milliseconds, is dead: whoever consumes in its stead is somebody else. */
const DEAD_AFTER_MS = 15_000;
/** Without a broker that would count it, such an engine is not waited for any longer than this, in milliseconds. */
const ALONE_AFTER_MS = 5_000;
/** By so much the time of another engine may be ahead of this one's, since no measurement is exact, in milliseconds. */
const AHEAD_MS = 2_000;

/** What is asked of what the engines know. */
export interface Question {
  /** This engine's id. */
  readonly self: string;
  /** What it sees itself. */
  readonly state: HearingState;
  /** What the engines share, read after that was seen. */
  readonly records: EngineRecords;
  readonly now: number;
  /** false: there is no broker, so that events come or are refused, and their way needs no proof. */
  readonly broker: boolean;
  /** false: the way is taken for whole without proof. */
  readonly pathCheck: boolean;
  /** Whether the check that was sent last has come back to this engine. */
  readonly checkReturned: boolean;
}

/** What follows from it. */
export interface Evidence {
  /** A deadline up to this time has passed in silence where no event is stored for it. */
  readonly until: number;
  /** Something came the whole way after this time. */
  readonly provenUntil: number;
  /** The check that was sent last has come back, and this is when it was sent. */
  readonly checkedUntil: number;
  /** Whether this engine hears, so that time counts as heard. */
  readonly hears: boolean;
  /** What is wrong with the way of events, where it is. */
  readonly broken: BlindReason | undefined;
  /** Whether a check is on its way, of which is not known yet whether it was lost. */
  readonly undecided: boolean;
  /** How many consumers the queue has, and how many engines the database knows. */
  readonly consumers: number;
  readonly known: number;
}

/**
 * Until when silence is proven (contract: engine, "Silence must be proven", "Others on the queue", "What another engine holds").
 * Pure.
 */
export function weigh(question: Question): Evidence {
  const { state, broker } = question;
  const others = othersOf(question);
  const agreed = state.cleared.findLast((seen) => agrees(seen, others, question));
  const latest = state.cleared.at(-1) ?? state.received;
  const known = others.length + 1;
  const foreign = broker && latest !== undefined && latest.consumers > known;
  const checkedUntil = checkedBy(question);
  const provenUntil = provenBy(question, checkedUntil);
  const agreedUntil = agreed?.askedAt ?? Number.NEGATIVE_INFINITY;
  const check = checkOf(question);
  const outstanding = isOutstanding(check, provenUntil, state);
  const lost = outstanding && agreedUntil >= (check?.sent_at ?? 0) + CHECK_LIMIT_MS;
  const broken = state.blocked ? 'blocked' : foreign ? 'others' : lost ? 'path' : undefined;
  const hears = state.phase === 'hearing' && broken === undefined;
  return {
    until: hears ? Math.min(agreedUntil, provenUntil) : Number.NEGATIVE_INFINITY,
    ...{ provenUntil, checkedUntil, hears, broken, known, undecided: outstanding && !lost },
    consumers: latest?.consumers ?? 0,
  };
}

function othersOf({ self, records, now, broker }: Question): readonly EngineDocument[] {
  const limit = broker ? DEAD_AFTER_MS : ALONE_AFTER_MS;
  return records.engines.filter(
    ({ _id, seen, consuming_since }) =>
      _id !== self && now - seen <= limit && (broker || consuming_since !== null),
  );
}

/**
 * Whether nobody holds anything that waited at an inspection. Every engine has got past it; or those that have not do
 * nothing any more, and those that have are all the consumers that the broker counts.
 */
function agrees(seen: Cleared, others: readonly EngineDocument[], { now, broker }: Question): boolean {
  const past = others.filter((other) => isPast(other, seen));
  if (!broker) return past.length === others.length;
  if (seen.consumers > others.length + 1) return false;
  const stalled = others.filter(
    (other) => !isPast(other, seen) && now - other.received_until > STALLED_AFTER_MS,
  );
  return past.length + stalled.length === others.length && past.length + 1 >= seen.consumers;
}

const isPast = ({ consuming_since, received_until }: EngineDocument, { askedAt }: Cleared): boolean =>
  consuming_since !== null && consuming_since <= askedAt && received_until >= askedAt;

/**
 * While a check is on its way, nothing but its return proves anything that came after it was sent: where later events come
 * and it does not, it was lost, and so may others have been.
 */
function provenBy(question: Question, returned: number): number {
  const { state, records, now } = question;
  if (returned === Number.POSITIVE_INFINITY) return returned;
  const check = checkOf(question);
  const all = records.engines
    .map(({ proven_until }) => proven_until)
    .filter((until) => isPossible(until, now));
  const told = Math.max(Number.NEGATIVE_INFINITY, ...all);
  const proven = Math.max(told, returned);
  const isHeldUp = isOutstanding(check, proven, state) && state.arrivedAfter >= (check?.sent_at ?? 0);
  return isHeldUp ? proven : Math.max(proven, state.arrivedAfter);
}

function checkedBy(question: Question): number {
  const { broker, pathCheck, checkReturned } = question;
  if (!broker || !pathCheck) return Number.POSITIVE_INFINITY;
  return (checkReturned ? checkOf(question)?.sent_at : undefined) ?? Number.NEGATIVE_INFINITY;
}

/** The clock may have been set back since something was stored. */
const isPossible = (time: number, now: number): boolean => time - now <= AHEAD_MS;

const checkOf = ({ records: { check }, now }: Question): EngineRecords['check'] =>
  check && isPossible(check.sent_at, now) ? check : undefined;

/** One from before this engine was connected may have come back to whoever was then, or have gone with the broker. */
const isOutstanding = (
  check: EngineRecords['check'],
  provenUntil: number,
  { since }: HearingState,
): boolean => check !== undefined && provenUntil < check.sent_at && since <= check.sent_at;
