/** Injection token of the {@link EngineOptions}. */
export const ENGINE_OPTIONS = Symbol('ENGINE_OPTIONS');

/** How the engine watches. */
export interface EngineOptions {
  /** After blindness no alarm is raised for this long, or for the heartbeat's interval where that is shorter; milliseconds. */
  readonly blindGraceMs: number;
  /** An open alarm is sent again every so many milliseconds; absent: once only. */
  readonly repeatMs?: number;
  /** How many events the transport hands over before it wants acknowledgements. */
  readonly prefetch: number;
  /** The time between two looks for silence, in milliseconds. Default: 250. */
  readonly tickMs?: number;
}
