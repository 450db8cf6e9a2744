import mongoose, { type Connection } from 'mongoose';
import { request } from 'node:http';
import type { ClientRequest } from 'node:http';
import { embeddedServer } from '../support/filled-directory';
import { type BenchServer, startServer } from '../support/servers';
import { fillHeartbeats } from '../support/stored-heartbeats';

/** As many as 1,000 streams need: a user may have 50. */
const USERS = Array.from({ length: 20 }, (_, at) => `u${at}:pw`);

/** The standalone application with so many heartbeats, on an embedded database in a process of its own. */
export interface PageSite {
  readonly server: BenchServer;
  readonly connection: Connection;
  /** Opens so many streams of changes, as that many pages do. @returns what closes them */
  openStreams(count: number): Promise<() => void>;
  stop(): Promise<void>;
}

export const authorization = (user = 'root:root'): string => `Basic ${Buffer.from(user).toString('base64')}`;

export async function startSite(
  count: number,
  env: Readonly<Record<string, string>> = {},
): Promise<PageSite> {
  const database = await embeddedServer();
  const uri = `${database.url.replace(/\/$/, '')}/page`;
  const connection = await mongoose.createConnection(uri).asPromise();
  await fillHeartbeats(connection, count);
  const server = await startServer('dist/main.js', [], {
    MONGODB_URI: uri,
    HEARTBEAT_USERS: ['root:root', ...USERS].join(','),
    ...env,
  });
  await server.said(`watching ${count} heartbeats`);
  return {
    server,
    connection,
    async openStreams(streams) {
      const open = await Promise.all(
        Array.from({ length: streams }, (_, at) => openStream(server.url, USERS[at % USERS.length] ?? '')),
      );
      return () => open.forEach((one) => one.destroy());
    },
    async stop() {
      await connection.close();
      await server.stop();
      await database.stop();
    },
  };
}

/** @returns once its first message is there */
function openStream(url: string, user: string): Promise<ClientRequest> {
  return new Promise((resolve, reject) => {
    const headers = { Authorization: authorization(user), Accept: 'text/event-stream' };
    const opened = request(`${url}/api/v2/heartbeat-changes`, { headers, agent: false }, (response) => {
      if (response.statusCode !== 200) reject(new Error(`a stream is refused with ${response.statusCode}`));
      response.once('data', () => resolve(opened));
      response.on('data', () => undefined).on('error', () => undefined);
    });
    opened.on('error', reject).end();
  });
}

export const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));
