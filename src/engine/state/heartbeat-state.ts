/**
 * What a heartbeat is in: no event yet since it was created or changed, alive, alarm raised, or a rule that cannot be
 * watched (contract: engine, "States").
 */
export type StateName = 'waiting' | 'up' | 'down' | 'invalid';

/** One alarm event that is still to be sent. */
export interface OutboxEntry {
  /** Unique; for telling entries apart, never sent. */
  id: string;
  /** AMQP routing key, 255 bytes at most. */
  key: string;
  /** The alarm event as JSON text, byte for byte as it goes out. */
  body: string;
}

/**
 * A document of the collection `heartbeat_state`: what the engine knows of one heartbeat, and what is still to be told
 * of it. A change of state and the duty to send its alarm are one update of this one document (contract: engine, "Nothing
 * lost, nothing twice"). All times are milliseconds since the Unix epoch.
 */
export interface HeartbeatState {
  /** The heartbeat's id. */
  _id: string;
  state: StateName;
  /** When this state began. */
  since: number;
  /** The time at which the last matching event was processed; null before the first. */
  last_event: number | null;
  /** Silence from here on is an alarm; null where the state is `invalid`. */
  deadline: number | null;
  /** Fingerprint of the pattern, the interval and the output: any change of them changes it. */
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
  /** Raised at each change of the rule: a write that relies on the rule has it in its filter. */
  revision: number;
  /** The heartbeat is gone: its alarm is resolved, then this document is deleted. Absent otherwise; sparse index. */
  removed?: true;
  /** When an open alarm is sent again, while alarms are repeated at all. Absent otherwise; sparse index. */
  repeat_at?: number;
  /** What is still to be sent, oldest first. */
  outbox: OutboxEntry[];
  /** The length of `outbox`, for the index. */
  unsent: number;
  /** No other process may send from this outbox before this time; 0 when it is free. */
  leased_until: number;
  /** Who may send until then. */
  lease?: string;
  /** Failed attempts to send the first entry of the outbox. */
  attempts: number;
}

/**
 * What a state that never was leaves behind when its heartbeat is removed.
 * @param now milliseconds since the epoch
 */
export const lostState = (now: number): Omit<HeartbeatState, '_id' | 'removed'> => ({
  ...{ state: 'waiting', since: now, last_event: null, deadline: null, rule: '', pattern: '', resource: '' },
  ...{ interval: '', interval_ms: 0, output: null, revision: 1 },
  ...{ outbox: [], unsent: 0, leased_until: 0, attempts: 0 },
});

/** Whether this is a {@link lostState} that an engine may still be about to insert, in another process: it takes a minute at most. */
export const mayBeInserted = (
  { rule, resource, since }: Pick<HeartbeatState, 'rule' | 'resource' | 'since'>,
  now: number,
): boolean => rule === '' && resource === '' && now - since < 60_000;

/**
 * The one document of the collection `heartbeat_engine`: when an engine could last hear events (contract: engine, "Blind
 * time"). Shared by all engines of a database, and durable, so that a restart counts as blindness as well. All times are
 * milliseconds since the Unix epoch.
 */
export interface Hearing {
  _id: 'hearing';
  /** The last time at which an engine could hear; written about every second. */
  heard_at: number;
  /** When hearing came back after more than {@link BLIND_AFTER_MS}; 0 where it never was away. */
  again_at: number;
  /** Equal to `again_at` once all deadlines have been postponed for that blindness; until then nothing is raised. */
  settled_for: number;
  /** Whether it came back because the wall clock was set, so that any stored time may lie in the future. */
  clock_set: boolean;
}

/** Not having heard for longer than this is blindness, in milliseconds (contract: engine, "Blind time"). */
export const BLIND_AFTER_MS = 5_000;
