/** Injection token of the dialect that the heartbeats are answered in. */
export const DIALECT = Symbol('DIALECT');
