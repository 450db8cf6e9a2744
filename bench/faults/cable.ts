import { once } from 'node:events';
import { type AddressInfo, type Socket, connect, createServer, type Server } from 'node:net';

/** What connects one engine with a server on this machine, so that it can be cut while both sides believe in it. */
export class Cable {
  private readonly sockets = new Set<Socket>();
  private isCut = false;

  private constructor(
    private readonly server: Server,
    readonly port: number,
  ) {}

  /** @param to where the server listens */
  static async to(to: number): Promise<Cable> {
    const server = createServer();
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const cable = new Cable(server, (server.address() as AddressInfo).port);
    server.on('connection', (client) => cable.join(client, connect(to, '127.0.0.1')));
    return cable;
  }

  /** Nothing passes any more, in either direction, and nobody is told. */
  cut(): void {
    this.isCut = true;
    for (const socket of this.sockets) socket.pause();
  }

  /** What was on its way arrives. */
  mend(): void {
    this.isCut = false;
    for (const socket of this.sockets) socket.resume();
  }

  /** Ends all connections, and takes no others. */
  remove(): void {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
  }

  private join(client: Socket, server: Socket): void {
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const) {
      this.sockets.add(from);
      if (this.isCut) from.pause();
      from.on('data', (chunk: Buffer) => to.write(chunk));
      from.on('error', () => undefined);
      from.on('close', () => {
        this.sockets.delete(from);
        // A cut cable tells nobody.
        if (!this.isCut) to.destroy();
      });
    }
  }
}
