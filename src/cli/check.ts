import mongoose from 'mongoose';
import { connectOptions } from '../database/connect-options';
import { databaseServer } from '../database/database-server';
import { optionalPackage } from '../optional-package';
import { Settings, SettingsError } from '../settings/settings';
import { refuseConnectionString, usersOf } from '../standalone';
import { within } from '../time/within';

/** How long the database and the broker have to answer, each, in milliseconds. */
const PATIENCE_MS = 5_000;

/** What was checked, and what is wrong with it, if anything. */
export interface Finding {
  readonly what: string;
  readonly problem?: string;
}

/** Looks whether the application could run with these settings. Starts nothing, and leaves nothing behind but the data directory. */
export async function check(settings: Settings): Promise<Finding[]> {
  const findings = [
    await finding('users', () => usersOf(settings)),
    await finding(settings.mongodbUri === undefined ? 'embedded database' : 'database', () =>
      reachDatabase(settings),
    ),
  ];
  const { amqpUrl } = settings;
  if (amqpUrl !== undefined) findings.push(await finding('RabbitMQ', () => reachBroker(amqpUrl)));
  return findings;
}

async function finding(what: string, look: () => Promise<unknown>): Promise<Finding> {
  try {
    await look();
    return { what };
  } catch (error) {
    if (error instanceof SettingsError) return { what, problem: error.problems.join('; ') };
    return { what, problem: error instanceof Error ? error.message : String(error) };
  }
}

async function reachDatabase(settings: Settings): Promise<void> {
  refuseConnectionString(settings);
  const server = await databaseServer(settings.mongodbUri, settings.dataDir);
  const connection = mongoose.createConnection(server.uri, connectOptions(server.uri));
  try {
    await within(PATIENCE_MS, connection.asPromise());
    await within(
      PATIENCE_MS,
      connection.db?.command({ ping: 1 }) ?? Promise.reject(new Error('not connected')),
    );
  } finally {
    await connection.close().catch(() => undefined);
    await server.close();
  }
}

async function reachBroker(url: string): Promise<void> {
  const amqp = optionalPackage<typeof import('amqplib')>('amqplib', 'RabbitMQ');
  const connection = await within(PATIENCE_MS, amqp.connect(url, { timeout: PATIENCE_MS }));
  // A closed channel is an error of the connection too; the answer to the call says it already.
  connection.on('error', () => undefined);
  await within(PATIENCE_MS, connection.createChannel());
  await connection.close();
}
