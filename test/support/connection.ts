import { once } from 'node:events';
import { Socket, connect } from 'node:net';
import type { Answer } from './application';
import { parseAnswers } from './raw-http';

/** A connection that stays open for many requests, one after the other. */
export class Connection {
  private constructor(private readonly socket: Socket) {}

  static async to(url: string): Promise<Connection> {
    const { hostname, port } = new URL(url);
    const socket = connect({ host: hostname, port: Number(port), noDelay: true });
    await once(socket, 'connect');
    return new Connection(socket);
  }

  /** Sends one whole request and reads its answer; fails when the connection ends instead. */
  send(head: string, body: Uint8Array): Promise<Answer> {
    return new Promise((resolve, reject) => {
      let received: Buffer = Buffer.alloc(0);
      const finish = (): void => void this.socket.off('data', read).off('close', fail);
      const read = (chunk: Buffer): void => {
        received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
        const [answer] = parseAnswers(received, false);
        if (!answer) return;
        finish();
        resolve(answer);
      };
      const fail = (): void => {
        finish();
        reject(new Error(`the connection was closed after ${JSON.stringify(received.toString())}`));
      };
      this.socket.on('data', read).on('close', fail);
      this.socket.write(Buffer.concat([Buffer.from(head), body]));
    });
  }

  close(): void {
    this.socket.destroy();
  }
}
