import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Takes alarms as a webhook does, and remembers when each came. */
export interface AlarmReceiver {
  readonly url: string;
  /** When each raised alarm came, in milliseconds since the epoch, by the heartbeat's id. */
  readonly raisedAt: ReadonlyMap<string, number>;
  close(): void;
}

export async function alarmReceiver(): Promise<AlarmReceiver> {
  const raisedAt = new Map<string, number>();
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      const id = request.headers['x-heartbeat-id'];
      if (typeof id === 'string' && !raisedAt.has(id)) raisedAt.set(id, Date.now());
      response.end();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    raisedAt,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
