/** What a health check asks of the engine. An interface, so that a host's editor need not know all of the engine. */
export interface EngineWork {
  /** Whether its work has failed for as long as makes it blind, as the log says: it raises nothing, or learns nothing new. */
  readonly isFailing: boolean;
}
