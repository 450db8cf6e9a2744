import type { Document } from 'bson';
import type { Database } from './database';
import { encode } from '../bson/documents';
import { CommandError, commandError } from '../errors';
import { checkOptions } from './options';
import type { Request } from '../wire/wire-protocol';
import { buildInfo, hello } from './handshake';
import { aggregate, count, distinct, explain, find, getMore, killCursors } from './reads';
import * as schema from './schema';
import { findAndModify } from './find-and-modify';
import { deleteDocuments, insert, update } from './writes';

type Command = (db: Database, request: Request) => Document | Buffer | Promise<Document | Buffer>;

/** For what needs no answer but that it was heard. */
const acknowledge: Command = (_db, { body }) => {
  const [name = ''] = Object.keys(body);
  checkOptions(name, body, [name]);
  return { ok: 1 };
};

const commands = new Map<string, Command>(
  Object.entries({
    hello,
    isMaster: hello,
    ismaster: hello,
    ping: acknowledge,
    buildInfo,
    buildinfo: buildInfo,
    endSessions: acknowledge,
    insert,
    find,
    getMore,
    killCursors,
    update,
    delete: deleteDocuments,
    findAndModify,
    findandmodify: findAndModify,
    aggregate,
    count,
    distinct,
    explain,
    create: schema.create,
    drop: schema.drop,
    dropDatabase: schema.dropDatabase,
    createIndexes: schema.createIndexes,
    listIndexes: schema.listIndexes,
    dropIndexes: schema.dropIndexes,
    deleteIndexes: schema.dropIndexes,
    listCollections: schema.listCollections,
    listDatabases: schema.listDatabases,
  }),
);

/** Runs one command, and encodes its answer; every error becomes an answer. */
export async function runCommand(db: Database, request: Request): Promise<Buffer> {
  const [name = ''] = Object.keys(request.body);
  try {
    if (request.refusal) throw request.refusal;
    const command = commands.get(name);
    if (!command) throw new CommandError('CommandNotFound', `no such command: '${name}'`);
    const answer = await command(db, request);
    return Buffer.isBuffer(answer) ? answer : encode(answer);
  } catch (error) {
    const { code, codeName, message, details } = commandError(error, db.onUnexpectedError);
    return encode({ ok: 0, errmsg: message, code, codeName, ...details });
  }
}
