import type { Connection, mongo } from 'mongoose';

/** @throws Error as long as the connection has not been made yet */
export function connectedDatabase({ db }: Pick<Connection, 'db'>): mongo.Db {
  if (db === undefined) throw new Error('not connected to the database yet');
  return db;
}
