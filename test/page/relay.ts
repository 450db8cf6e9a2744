import { once } from 'node:events';
import { type IncomingMessage, type ServerResponse, createServer, request } from 'node:http';
import { type AddressInfo, type Socket } from 'node:net';

/** A proxy between the browser and one application or several, whose line can be broken. */
export interface Relay {
  /** Where the page is behind it; ends in a slash. */
  readonly url: string;
  /** How many requests have no answer that has ended yet. */
  underWay(): number;
  /** Ends all connections and takes no others, until what it returns is called. */
  cut(): () => void;
  /** Passes nothing on any more and closes nothing, until what it returns is called. */
  hold(): () => void;
  close(): Promise<void>;
}

/**
 * @param targets what it passes requests to, in turn
 * @param path what it takes off, begins and ends in a slash
 */
export async function startRelay(targets: readonly string[], path = '/'): Promise<Relay> {
  const sockets = new Set<Socket>();
  let isCut = false;
  let release: (() => void) | undefined;
  let held: Promise<void> = Promise.resolve();
  let turn = 0;
  let underWay = 0;
  const pass = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    underWay += 1;
    outgoing.on('close', () => (underWay -= 1));
    await held;
    const target = new URL(targets[turn++ % targets.length] ?? '');
    const rest = (incoming.url ?? '').slice(path.length - 1);
    const { method, headers } = incoming;
    const { hostname, port } = target;
    const passed = request({ hostname, port, method, path: rest, headers, agent: false }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      outgoing.flushHeaders();
      answer.on('data', (chunk: Buffer) => void held.then(() => outgoing.write(chunk)));
      answer.on('end', () => void held.then(() => outgoing.end()));
      answer.on('error', () => outgoing.destroy());
    });
    passed.on('error', () => outgoing.destroy());
    outgoing.on('close', () => passed.destroy());
    incoming.pipe(passed);
  };
  const server = createServer((incoming, outgoing) => void pass(incoming, outgoing));
  server.on('connection', (socket) => {
    if (isCut) return socket.destroy();
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => undefined);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const end = (): void => sockets.forEach((socket) => socket.destroy());
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`,
    underWay: () => underWay,
    cut() {
      isCut = true;
      end();
      return () => {
        isCut = false;
      };
    },
    hold() {
      held = new Promise((resolve) => {
        release = resolve;
      });
      return () => release?.();
    },
    async close() {
      release?.();
      end();
      server.close();
      await once(server, 'close');
    },
  };
}
