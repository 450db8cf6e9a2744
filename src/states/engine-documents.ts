/**
 * The documents of the collection `heartbeat_engine`: what the engines of a database share (contract: engine, "Blind time",
 * "What another engine holds", "Silence must be proven"). All times are milliseconds since the Unix epoch, on the clock that
 * the engines share.
 */

/** Not having heard for longer than this is blindness, in milliseconds (contract: engine, "Blind time"). */
export const BLIND_AFTER_MS = 5_000;

/** Why no engine could believe in silence, although a consumer was connected. */
export type BlindReason = 'path' | 'blocked' | 'others';

/** A time in which events could not be heard, for some of it. */
export interface BlindSpan {
  readonly from: number;
  readonly to: number;
  /** How many milliseconds of it were blind: less than all where spans were put together. */
  readonly blind: number;
}

/** When engines could hear: durable, so that a restart counts as blindness as well. */
export interface Listening {
  readonly _id: 'hearing';
  /** The last time at which an engine could hear; written about every second. */
  readonly heard_at: number;
  /** When hearing last came back. */
  readonly again_at: number;
  /** The oldest first. Absent where an older version wrote this. */
  readonly blind?: readonly BlindSpan[];
  /** Until when events are known to have come, where it was found that they come no more. */
  readonly broken_since?: number;
  /** When that was found. */
  readonly broken_at?: number;
  readonly broken_by?: BlindReason;
}

/** One engine that watches, or did until it was killed. */
export interface EngineDocument {
  readonly _id: string;
  readonly host: string;
  readonly pid: number;
  /** When this was written; about every second. */
  readonly seen: number;
  /** Since when it consumes; null while it does not. */
  readonly consuming_since: number | null;
  /** All that it received before this time is stored. */
  readonly received_until: number;
  /** Something is known to have arrived the whole way after this time. */
  readonly proven_until: number;
}

/** The last check that an engine sent to see whether it comes back. */
export interface PathCheck {
  readonly _id: 'check';
  /** The message's id. */
  readonly id: string;
  readonly sent_at: number;
}

/** All of it, as it is read together. */
export interface EngineRecords {
  readonly listening: Listening | undefined;
  readonly check: PathCheck | undefined;
  readonly engines: readonly EngineDocument[];
}
