import { resolve } from 'node:path';
import { connectOptions } from '../database/connect-options';
import type { Settings } from '../settings/settings';

/** @returns which database is used and whether there is a broker, in one line without credentials */
export function startLine({ mongodbUri, dataDir, amqpUrl }: Settings): string {
  const database =
    mongodbUri === undefined ? `the embedded one in ${resolve(dataDir)}` : databaseAt(mongodbUri);
  return `database: ${database}; broker: ${amqpUrl === undefined ? 'none' : brokerAt(amqpUrl)}`;
}

function databaseAt(uri: string): string {
  const [, hosts = ''] = /:\/\/(?:[^/?]*@)?([^/?]*)/.exec(uri) ?? [];
  return `${connectOptions(uri).dbName} at ${decodeURIComponent(hosts)}`;
}

function brokerAt(url: string): string {
  const { protocol, host, pathname } = new URL(url);
  const virtualHost = decodeURIComponent(pathname.slice(1)) || '/';
  return `${protocol}//${host}, virtual host ${virtualHost}`;
}
