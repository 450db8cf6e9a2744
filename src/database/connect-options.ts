import type { ConnectOptions } from 'mongoose';

/** The database that Canopsis uses. */
const DEFAULT_DATABASE = 'canopsis';

/**
 * How Mongoose connects: nothing is buffered, and nothing waits longer than 1.5 s for a server or a connection, so
 * that a lost database is a documented error within 2 s instead of a request that hangs for 30 s. A server that stops
 * answering is found out by the driver's own heartbeat, which then ends what was waiting for it.
 */
export function connectOptions(uri: string): ConnectOptions {
  return {
    dbName: databaseIn(uri) ?? DEFAULT_DATABASE,
    bufferCommands: false,
    autoIndex: false,
    autoCreate: false,
    connectTimeoutMS: 1_500,
    serverSelectionTimeoutMS: 1_500,
    heartbeatFrequencyMS: 1_000,
    waitQueueTimeoutMS: 1_500,
    maxPoolSize: 20,
  };
}

/** @returns the name between the hosts and the options of a connection string, if there is one */
const databaseIn = (uri: string): string | undefined => {
  const name = /^[^/]+\/\/[^/?]+\/([^?]+)/.exec(uri)?.[1];
  return name === undefined ? undefined : decodeURIComponent(name);
};
