import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { owesAnswer } from './limits';

/** What Node's HTTP parser says of a request that it could not read, and the bytes that it was reading. */
export interface ParserError extends Error {
  readonly code?: string;
  readonly rawPacket?: unknown;
}

const DEL = Buffer.from('DEL ');

/**
 * Serves `DEL` as `DELETE`, once, and closes the connection: the curl line of the Canopsis 3 document says `-X DEL`
 * (seed 000), and Node's parser knows no such method. The request must have come in one piece, as curl sends it, and not
 * before the answer to an earlier one has gone out.
 * @returns whether this was such a request, so that nothing else needs to be done
 */
export function servesDel(error: ParserError, socket: Socket): boolean {
  const { server } = socket as Socket & { server?: Server };
  const { rawPacket: packet } = error;
  if (error.code !== 'HPE_INVALID_METHOD' || !server || !Buffer.isBuffer(packet)) return false;
  if (!packet.subarray(0, DEL.length).equals(DEL) || owesAnswer(socket)) return false;
  server.emit('connection', connectionOf(packet, socket));
  return true;
}

function asDeleteRequest(packet: Buffer): Buffer {
  const text = packet.toString('latin1').slice(DEL.length);
  return Buffer.from(`DELETE ${text.replace('\r\n', '\r\nConnection: close\r\n')}`, 'latin1');
}

/** A connection that reads one request, and writes to the client's socket. */
function connectionOf(packet: Buffer, socket: Socket): Duplex {
  const connection = new Duplex({
    read: () => undefined,
    write: (chunk: Buffer, encoding, done) => void socket.write(chunk, encoding, done),
    final: (done) => void socket.end(done),
    destroy: (error, done) => {
      socket.destroySoon();
      done(error);
    },
  });
  Object.assign(connection, { remoteAddress: socket.remoteAddress });
  // Its readable side never ends by itself, and Node keeps every connection that is not closed.
  socket.once('close', () => connection.destroy());
  connection.push(asDeleteRequest(packet));
  return connection;
}
