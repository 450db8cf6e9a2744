import mongoose, { mongo } from 'mongoose';
import { rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { refuseConnectionString } from '../../app/standalone';
import { connectOptions } from '../../database/connect-options';
import { databaseProblem, isRefused } from '../../database/database-problem';
import { type DatabaseServer, databaseServer } from '../../database/database-server';
import type { Settings } from '../../settings/settings';
import { errorText } from '../../util/error-text';
import { withTimeout } from '../../util/timeout';
import { trialDirectory } from './trial-directory';

/** How long the database has to answer, in milliseconds. */
const TIMEOUT_MS = 5_000;

/**
 * Connects to the database as a start does, and sees whether it may read and write. Nothing is left behind.
 * @returns what is to be said of it all the same
 * @throws Error that says what is wrong, and what to do
 */
export async function checkDatabase(settings: Settings): Promise<string | undefined> {
  refuseConnectionString(settings);
  const { mongodbUri, dataDir } = settings;
  const trial = mongodbUri === undefined ? await trialDirectory(dataDir) : undefined;
  if (trial === undefined) return tryDatabase(await databaseServer(mongodbUri, dataDir));
  try {
    await tryDatabase(await databaseServer(undefined, trial));
  } catch (error) {
    throw new Error(errorText(error).replaceAll(trial, resolve(dataDir)));
  } finally {
    await rm(trial, { recursive: true, force: true });
  }
  return `there is no data in ${resolve(dataDir)} yet; a start can make it`;
}

async function tryDatabase(server: DatabaseServer): Promise<undefined> {
  const connection = mongoose.createConnection(server.uri, connectOptions(server.uri));
  try {
    await withTimeout(TIMEOUT_MS, connection.asPromise());
    await withTimeout(TIMEOUT_MS, readAndWrite(connection));
  } catch (error) {
    throw new Error(await problemOf(error, server.uri));
  } finally {
    await withTimeout(TIMEOUT_MS, connection.close()).catch(() => undefined);
    await server.close();
  }
}

/** Removes what is not there: that needs the right to write, and changes nothing. */
async function readAndWrite(connection: mongoose.Connection): Promise<void> {
  await connection.collection('heartbeat').findOne({}, { projection: { _id: 1 } });
  const nobody = new mongo.ObjectId();
  for (const name of ['heartbeat', 'heartbeat_state'])
    await connection.collection(name).deleteOne({ _id: nobody });
}

async function problemOf(error: unknown, uri: string): Promise<string> {
  return (isRefused(error) ? undefined : await replicaSetProblem(uri)) ?? databaseProblem(error);
}

/** The driver says nothing of a wrong name of the replica set: it leaves such servers out, and finds none. */
async function replicaSetProblem(uri: string): Promise<string | undefined> {
  const [, wanted] = /[?&]replicaSet=([^&]*)/i.exec(uri) ?? [];
  if (wanted === undefined || uri.startsWith('mongodb+srv:')) return undefined;
  const hosts = /\/\/(?:[^/]*@)?([^/?]*)/.exec(uri)?.[1] ?? '';
  for (const host of hosts.split(',')) {
    const found = await setNameOf(uri, hosts, host);
    if (found === undefined || found === decodeURIComponent(wanted)) continue;
    const is = found === '' ? 'in no replica set' : `in the replica set ${found}`;
    return `${host} is ${is}, and MONGODB_URI asks for ${decodeURIComponent(wanted)}: mend or remove replicaSet= there`;
  }
  return undefined;
}

/** @returns the name of the replica set that a server is in, '' for none, `undefined` where it does not answer */
async function setNameOf(uri: string, hosts: string, host: string): Promise<string | undefined> {
  const alone = uri.replace(hosts, host).replace(/([?&])replicaSet=[^&]*/i, '$1directConnection=true');
  const client = new mongo.MongoClient(alone, { serverSelectionTimeoutMS: 1_500, connectTimeoutMS: 1_500 });
  try {
    const { setName } = await client.db('admin').command({ hello: 1 });
    return typeof setName === 'string' ? setName : '';
  } catch {
    return undefined;
  } finally {
    await client.close().catch(() => undefined);
  }
}
