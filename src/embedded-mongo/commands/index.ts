import type { Document } from 'bson';
import type { Database } from '../database';
import { CommandError } from '../errors';
import { checkOptions } from '../options';
import type { Request } from '../wire-protocol';
import { buildInfo, hello } from './handshake';
import { aggregate, count, distinct, explain, find, getMore, killCursors } from './reads';
import * as schema from './schema';
import { deleteDocuments, findAndModify, insert, update } from './writes';

type Command = (db: Database, request: Request) => Document | Buffer | Promise<Document | Buffer>;

/** For what needs no answer but that it was heard. */
const acknowledge: Command = (_db, { body }) => {
  const [name] = Object.keys(body);
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

/**
 * Runs one command; every error becomes an answer.
 * @param unforeseen is told of errors that are no answer to the client's mistakes
 */
export async function runCommand(
  db: Database,
  request: Request,
  unforeseen: (error: Error) => void,
): Promise<Document | Buffer> {
  const [name] = Object.keys(request.body);
  try {
    const command = commands.get(name);
    if (!command) throw new CommandError('CommandNotFound', `no such command: '${name}'`);
    return await command(db, request);
  } catch (error) {
    return errorAnswer(error as Error, unforeseen);
  }
}

function errorAnswer(error: Error, unforeseen: (error: Error) => void): Document {
  let known = error;
  if (!(known instanceof CommandError)) {
    // mingo refuses what it does not know or cannot compute with errors of a class that it does not export.
    const refused = known.constructor.name === 'MingoError';
    if (!refused) unforeseen(known);
    known = new CommandError(
      refused ? 'BadValue' : 'InternalError',
      refused ? known.message : 'internal error of the embedded MongoDB',
    );
  }
  const { code, codeName, message, details } = known as CommandError;
  return { ok: 0, errmsg: message, code, codeName, ...details };
}
