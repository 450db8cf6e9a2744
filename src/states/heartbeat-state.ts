import type { PastAlarm } from './history/past-alarm';
import type { OutboxesBeside, OutboxFields } from './outbox-fields';

/**
 * What a heartbeat may be in: no event yet since it was created or changed, alive, alarm raised, paused, or a rule that cannot be
 * watched (contract: engine, "States"; decision 28).
 */
export const STATES = ['waiting', 'up', 'down', 'paused', 'invalid'] as const;

export type StateName = (typeof STATES)[number];

/** The projection of all but the lists, which may be long and which only those read who change them. */
export const WITHOUT_LISTS = { outbox: 0, webhook_outbox: 0, alertmanager_outbox: 0, past: 0 } as const;

/**
 * A document of the collection `heartbeat_state`: what the engine knows of one heartbeat, and what is still to be told
 * of it. A change of state and the duty to send its alarm are one update of this one document (contract: engine, "Nothing
 * lost, nothing twice"). All times are milliseconds since the Unix epoch.
 */
export interface HeartbeatState extends OutboxFields, OutboxesBeside {
  /** The heartbeat's id. */
  _id: string;
  state: StateName;
  /** When this state began. */
  since: number;
  /** The time at which the last matching event was processed; null before the first. */
  last_event: number | null;
  /**
   * Silence from here on is an alarm; null where the state is `invalid`. Where it is `paused`: when the pause ends, null where
   * somebody has to end it.
   */
  deadline: number | null;
  /** Fingerprint of the pattern, the interval, the output and the pause: any change of them changes it. */
  rule: string;
  /** Fingerprint of the pattern alone. */
  pattern: string;
  /** The pattern as alarms name it: keys sorted, `key:value`, joined by `.`; empty where the state is `invalid`. */
  resource: string;
  /** The interval as it was written, for the alarm's text; empty where the state is `invalid`. */
  interval: string;
  interval_ms: number;
  /** The heartbeat's own text for its alarms; null where it has none. */
  output: string | null;
  /**
   * Why it is not watched: where the state is `invalid`, or `paused` and a reason was given, or in maintenance; absent otherwise.
   */
  reason?: string;
  /** When the alarm that is open was raised, where there was a pause since then; absent otherwise; sparse index. */
  alarm_since?: number;
  /** Raised at each change of the rule: a write that relies on the rule has it in its filter. */
  revision: number;
  /** The heartbeat is gone: its alarm is resolved, then this document is deleted. Absent otherwise; sparse index. */
  removed?: true;
  /** When an open alarm is sent again, while alarms are repeated at all. Absent otherwise; sparse index. */
  repeat_at?: number;
  /** When Alertmanager is told of an open alarm, again or for the first time. Absent otherwise; sparse index. */
  refresh_at?: number;
  /** The open alarm as Alertmanager was told of it first, see `alertOf`: ending it takes the same labels. Absent before. */
  alert?: string;
  /** Its last alarms that are over, oldest first; see `closing`. Absent where there was none. */
  past?: PastAlarm[];
  /** When the last of them was over. Absent where there was none; sparse index. */
  past_to?: number;
}

/** What takes away the fields that only an open alarm has. */
export const NOT_OPEN = { alarm_since: '', repeat_at: '', refresh_at: '', alert: '' } as const;

/** @returns when its open alarm was raised, in milliseconds since the epoch; undefined where none is open */
export const openSince = ({
  state,
  since,
  alarm_since,
}: Pick<HeartbeatState, 'state' | 'since' | 'alarm_since'>): number | undefined =>
  alarm_since ?? (state === 'down' ? since : undefined);

/**
 * From when silence is counted where the state is `up` or `waiting`: the last event, or, without one since then, when it was
 * learned of, or its pause ended; milliseconds since the epoch.
 */
export const silentFrom = ({ last_event, since }: Pick<HeartbeatState, 'last_event' | 'since'>): number =>
  Math.max(last_event ?? since, since);

/**
 * What a state that never was leaves behind when its heartbeat is removed.
 * @param now milliseconds since the epoch
 */
export const tombstone = (now: number): Omit<HeartbeatState, '_id' | 'removed'> => ({
  ...{ state: 'waiting', since: now, last_event: null, deadline: null, rule: '', pattern: '', resource: '' },
  ...{ interval: '', interval_ms: 0, output: null, revision: 1 },
  ...{ outbox: [], unsent: 0, leased_until: 0, attempts: 0 },
});

/** Whether this is a {@link tombstone} that an engine may still be about to insert, in another process: it takes a minute at most. */
export const isFreshTombstone = (
  { rule, resource, since }: Pick<HeartbeatState, 'rule' | 'resource' | 'since'>,
  now: number,
): boolean => rule === '' && resource === '' && now - since < 60_000;
