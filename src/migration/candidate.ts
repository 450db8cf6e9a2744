import type { Dialect } from '../domain/dialect';
import type { StoredHeartbeat } from '../heartbeat/heartbeat.schema';
import { TEXT_FIELDS } from '../domain/heartbeat-fields';
import { isPattern, patternKey } from '../domain/pattern';
import { storedFields } from '../heartbeat/stored-fields';
import type { FoundHeartbeat } from './found-heartbeat';

/** A heartbeat that is to be stored unless it is there, or something is in its way. */
export interface Candidate {
  /** Where it stands, such as `line 4`. */
  readonly where: string;
  readonly key: string;
  /** As `HeartbeatService` stores it. */
  readonly document: StoredHeartbeat;
  /** The fields that its line says something about, and that make two heartbeats with the same id differ. */
  readonly compared: readonly (keyof StoredHeartbeat)[];
}

/** Why a candidate is not stored. */
export interface Verdict {
  readonly kind: 'skipped' | 'refused';
  readonly reason: string;
}

/**
 * @param now unix seconds, for what does not say when it was made
 * @param inserted its place in the order of insertion
 */
export function candidateOf(
  { id, heartbeat, created, updated }: FoundHeartbeat,
  { where, dialect, now, inserted }: { where: string; dialect: Dialect; now: number; inserted: number },
): Candidate {
  const fields = storedFields(heartbeat);
  const document: StoredHeartbeat = {
    _id: id ?? dialect.newId(heartbeat.pattern),
    ...fields,
    created: created ?? now,
    updated: updated ?? created ?? now,
    inserted,
  };
  const times = (['created', 'updated'] as const).filter(
    (time) => ({ created, updated })[time] !== undefined,
  );
  return {
    where,
    key: fields.pattern_key,
    document,
    compared: ['expected_interval', ...TEXT_FIELDS, ...times],
  };
}

/**
 * Compares a candidate with what is stored.
 * @param sameId the heartbeat with its id
 * @param samePattern the heartbeat with its pattern
 * @returns undefined where nothing is in its way
 */
export function verdictOn(
  candidate: Candidate,
  sameId: StoredHeartbeat | undefined,
  samePattern: StoredHeartbeat | undefined,
): Verdict | undefined {
  if (sameId) {
    const others = differences(candidate, sameId);
    if (others.length === 0) return { kind: 'skipped', reason: 'already there' };
    const reason = `the id ${sameId._id} belongs to a heartbeat with another ${others.join(', ')}`;
    return { kind: 'refused', reason };
  }
  if (!samePattern) return undefined;
  return { kind: 'skipped', reason: `its pattern belongs to ${samePattern._id}` };
}

function differences({ key, document, compared }: Candidate, stored: StoredHeartbeat): string[] {
  // A heartbeat with the same pattern that was there before the key was has none.
  const storedKey = isPattern(stored.pattern) ? patternKey(stored.pattern) : undefined;
  const fields = compared.filter((field) => (document[field] ?? null) !== (stored[field] ?? null));
  return [...(storedKey === key ? [] : ['pattern']), ...fields];
}
