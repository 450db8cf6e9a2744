import { once } from 'node:events';
import { chmod } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { incoming, type Request } from './wire-protocol';

const MAX_CONNECTIONS = 1000;

/** Listens for MongoDB clients. */
export class MongoServer {
  private readonly server: Server;
  /** The open connections, each with the end of what is done for it. */
  private readonly connections = new Map<Socket, Promise<void>>();

  /**
   * @param run runs one command and encodes its answer; never rejects
   * @param onUnexpectedError is told of errors that are no answer to a client's mistakes
   */
  constructor(
    private readonly run: (request: Request) => Promise<Buffer>,
    private readonly onUnexpectedError: (error: Error) => void,
  ) {
    this.server = createServer({ noDelay: true }, (socket) => {
      this.connections.set(socket, this.serve(socket));
    });
    this.server.maxConnections = MAX_CONNECTIONS;
  }

  /** Listens on a path that only this user may open, or on a port of the loopback interface. */
  async listen(where: { path: string } | { port: number }): Promise<void> {
    this.server.listen('path' in where ? where : { ...where, host: '127.0.0.1' });
    await once(this.server, 'listening');
    this.server.on('error', this.onUnexpectedError);
    if ('path' in where && process.platform !== 'win32') await chmod(where.path, 0o600);
  }

  get port(): number {
    const address = this.server.address();
    return typeof address === 'object' && address ? address.port : 0;
  }

  /** Ends all connections and listens no more; resolves when no command is at work. */
  async close(): Promise<void> {
    if (!this.server.listening) return;
    const closed = once(this.server, 'close');
    this.server.close();
    for (const socket of this.connections.keys()) socket.destroy();
    await Promise.all(this.connections.values());
    await closed;
  }

  /** Serves one connection. Whatever goes wrong with it ends it alone. */
  private async serve(socket: Socket): Promise<void> {
    socket.on('error', () => socket.destroy());
    try {
      for await (const request of incoming(socket)) {
        const answer = await this.run(request);
        if (request.wantsReply && !socket.write(request.reply(answer))) await drained(socket);
      }
    } catch {
      // Not a message, or the client has gone.
    } finally {
      socket.destroy();
      this.connections.delete(socket);
    }
  }
}

/** Resolves when the socket takes more, or has been closed. */
function drained(socket: Socket): Promise<void> {
  if (socket.destroyed) return Promise.resolve();
  return new Promise((resolve) => {
    const done = (): void => {
      socket.off('drain', done).off('close', done);
      resolve();
    };
    socket.once('drain', done).once('close', done);
  });
}
