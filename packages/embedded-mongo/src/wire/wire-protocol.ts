import type { Socket } from 'node:net';
import type { Document } from 'bson';
import { decode, join } from '../bson/documents';
import { CommandError } from '../errors';
import { bsonType, eachRawField, rawName } from '../bson/raw-fields';

/** The largest message that is read, in bytes, as `hello` announces it. */
export const MAX_MESSAGE_BYTES = 48_000_000;

/** A client that has begun a message must have sent the whole of it after this many milliseconds. */
const MESSAGE_TIMEOUT_MS = 60_000;

const HEADER_BYTES = 16;
const OP_REPLY = 1;
const OP_QUERY = 2004;
const OP_MSG = 2013;
const CHECKSUM_PRESENT = 1;
const MORE_TO_COME = 2;

/** The commands that come with a batch, and the field that holds it where it is sent within the body. */
const BATCHES = new Map([
  ['insert', 'documents'],
  ['update', 'updates'],
  ['delete', 'deletes'],
]);

/** The bytes are no message that this server understands; the connection must be closed. */
export class ProtocolError extends Error {}

/** One command as it came in. `batch` holds the encoded documents of `documents`, `updates` or `deletes`, however they were sent. */
export interface Request {
  body: Document;
  /** Why the body, which is empty then, could not be decoded although it is one. */
  refusal?: CommandError;
  batch: Uint8Array[];
  database: string;
  wantsReply: boolean;
  /** Makes the answer's message from the answer's encoded document. */
  reply(document: Uint8Array): Buffer;
}

/**
 * The messages that come in on a socket, one after another; the socket is not read further while one is worked on.
 * @throws ProtocolError where the bytes are no message
 */
export async function* incoming(socket: Socket): AsyncGenerator<Request, void> {
  let waiting: Buffer[] = [];
  let size = 0;
  let timer: NodeJS.Timeout | undefined;
  try {
    for await (const chunk of socket as AsyncIterable<Buffer>) {
      waiting.push(chunk);
      size += chunk.length;
      if (size < HEADER_BYTES || size < lengthOf(waiting)) {
        timer ??= setTimeout(() => socket.destroy(), MESSAGE_TIMEOUT_MS);
        continue;
      }
      clearTimeout(timer);
      timer = undefined;
      let bytes = Buffer.concat(waiting);
      while (bytes.length >= HEADER_BYTES && bytes.length >= lengthOf([bytes])) {
        const length = lengthOf([bytes]);
        yield parse(bytes.subarray(0, length));
        bytes = bytes.subarray(length);
      }
      waiting = bytes.length > 0 ? [bytes] : [];
      size = bytes.length;
      if (size > 0) timer = setTimeout(() => socket.destroy(), MESSAGE_TIMEOUT_MS);
    }
  } finally {
    clearTimeout(timer);
  }
}

function lengthOf(chunks: Buffer[]): number {
  const [first] = chunks;
  const length = (first && first.length >= 4 ? first : Buffer.concat(chunks)).readInt32LE(0);
  if (length < HEADER_BYTES || length > MAX_MESSAGE_BYTES)
    throw new ProtocolError(`a message of ${length} bytes`);
  return length;
}

function parse(message: Buffer): Request {
  const requestId = message.readInt32LE(4);
  const opCode = message.readInt32LE(12);
  try {
    if (opCode === OP_MSG) return parseMsg(message, requestId);
    if (opCode === OP_QUERY) return parseQuery(message, requestId);
  } catch (error) {
    throw new ProtocolError((error as Error).message);
  }
  throw new ProtocolError(`the operation ${opCode} is not served`);
}

function parseMsg(message: Buffer, requestId: number): Request {
  const flags = message.readUInt32LE(HEADER_BYTES);
  if (flags & 0xffff & ~(CHECKSUM_PRESENT | MORE_TO_COME))
    throw new ProtocolError(`the flags ${flags} are not served`);
  const end = message.length - (flags & CHECKSUM_PRESENT ? 4 : 0);
  let body: Document | undefined;
  let refusal: CommandError | undefined;
  let batch: Uint8Array[] = [];
  for (let at = HEADER_BYTES + 4; at < end;) {
    const kind = message[at];
    const section = slice(message, at + 1, end);
    if (kind === 0) {
      const inner = splitBatch(section);
      [body, refusal] = decoded(inner.rest);
      batch = inner.batch.concat(batch);
    } else if (kind === 1) batch = batch.concat(sequence(section));
    else throw new ProtocolError(`a section of kind ${kind}`);
    at += 1 + section.length;
  }
  if (!body) throw new ProtocolError('a message without a body');
  return {
    body,
    refusal,
    batch,
    database: String(body.$db),
    wantsReply: (flags & MORE_TO_COME) === 0,
    reply: (document) => frame(OP_MSG, requestId, [Buffer.alloc(5), document]),
  };
}

/** A body, or why what it holds is refused. @throws CommandError InvalidBSON */
function decoded(body: Buffer): [Document, CommandError?] {
  try {
    return [decode(body)];
  } catch (error) {
    if (error instanceof CommandError && error.codeName !== 'InvalidBSON') return [{}, error];
    throw error;
  }
}

/** Takes the batch out of the body of a command that has one there; its documents stay encoded. */
function splitBatch(body: Buffer): { rest: Buffer; batch: Uint8Array[] } {
  const rest: Buffer[] = [];
  const batch: Uint8Array[] = [];
  let batchField: string | undefined;
  let first = true;
  eachRawField(body, (start, nameEnd, end) => {
    const name = rawName(body, start, nameEnd);
    if (first) batchField = BATCHES.get(name);
    first = false;
    if (name !== batchField || body[start] !== bsonType.array) {
      rest.push(body.subarray(start, end));
      return;
    }
    const list = body.subarray(nameEnd + 1, end);
    eachRawField(list, (itemStart, itemNameEnd, itemEnd) => {
      if (list[itemStart] !== bsonType.document)
        throw new ProtocolError('a batch of other things than documents');
      batch.push(list.subarray(itemNameEnd + 1, itemEnd));
    });
  });
  return batchField === undefined ? { rest: body, batch } : { rest: join(rest), batch };
}

/** The documents of one document sequence: length, identifier, documents to the end. */
function sequence(section: Buffer): Uint8Array[] {
  const documents: Uint8Array[] = [];
  for (let at = section.indexOf(0, 4) + 1; at < section.length;) {
    const document = slice(section, at, section.length);
    documents.push(document);
    at += document.length;
  }
  return documents;
}

/** The handshake of older drivers: a query on `<database>.$cmd`. */
function parseQuery(message: Buffer, requestId: number): Request {
  const nameEnd = message.indexOf(0, HEADER_BYTES + 4);
  const name = message.toString('utf8', HEADER_BYTES + 4, nameEnd);
  const query = decode(slice(message, nameEnd + 9, message.length));
  const body = (query.$query ?? query) as Document;
  const command = Object.keys(body)[0]?.toLowerCase();
  if (!name.endsWith('.$cmd') || (command !== 'hello' && command !== 'ismaster'))
    throw new ProtocolError('OP_QUERY serves the handshake alone');
  const head = Buffer.alloc(20);
  head.writeInt32LE(1, 16);
  const reply = (document: Uint8Array): Buffer => frame(OP_REPLY, requestId, [head, document]);
  return { body, batch: [], database: name.slice(0, -5), wantsReply: true, reply };
}

/** What starts at `at` with its own length, which may not go beyond `end`. */
function slice(message: Buffer, at: number, end: number): Buffer {
  const length = message.readInt32LE(at);
  if (length < 5 || at + length > end) throw new ProtocolError(`a part of ${length} bytes`);
  return message.subarray(at, at + length);
}

function frame(opCode: number, responseTo: number, parts: Uint8Array[]): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeInt32LE(
    parts.reduce((sum, part) => sum + part.byteLength, HEADER_BYTES),
    0,
  );
  header.writeInt32LE(responseTo, 8);
  header.writeInt32LE(opCode, 12);
  return Buffer.concat([header, ...parts]);
}
