import { once } from 'node:events';
import { Socket, connect } from 'node:net';
import { HEARTBEATS, heartbeat } from '../support/canopsis';
import { makeDirectory, removeDirectory } from '../support/directory';
import { eventually } from '../support/eventually';
import { ROOT, exchange, request } from '../support/raw-http';
import { ApiProcess, startApi } from '../support/processes';

const DONE = { code: 0, signal: null };

describe('stopping', () => {
  let dataDir: string;
  let api: ApiProcess;
  const sockets: Socket[] = [];
  const start = (): Promise<ApiProcess> => startApi({ DATA_DIR: dataDir });
  beforeEach(async () => {
    dataDir = await makeDirectory();
    api = await start();
  });
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    await api.stop('SIGKILL');
    await removeDirectory(dataDir);
  });

  /** Sends the start of a request, whose rest is still to come. */
  async function begin(bytes: string): Promise<{ socket: Socket; received: () => string }> {
    const socket = connect(Number(new URL(api.url).port), '127.0.0.1');
    sockets.push(socket);
    let text = '';
    socket.setEncoding('utf8').on('data', (chunk) => (text += String(chunk)));
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    socket.write(bytes);
    return { socket, received: () => text };
  }

  const halfOf = (body: string): [string, string] => {
    const whole = request(`POST ${HEARTBEATS}`, [ROOT, 'Content-Type: application/json'], body);
    return [whole.slice(0, -10), whole.slice(-10)];
  };

  it.each(['SIGTERM', 'SIGINT'] as const)(
    'on %s finishes the request under way, and its data stays',
    async (signal) => {
      const body = heartbeat({ name: 'last' });
      const [half, rest] = halfOf(JSON.stringify(body));
      const { socket, received } = await begin(half);
      // An answer on another connection shows that the first bytes have been read.
      await api.request('GET', HEARTBEATS);

      api.kill(signal);
      await api.says(new RegExp(`${signal}: finishing`));
      socket.write(rest);
      await once(socket, 'close');
      expect(received()).toMatch(/^HTTP\/1\.1 200 OK[^]*"heartbeat created"/);
      expect(await api.exited).toEqual(DONE);

      api = await start();
      const { answers } = await exchange(api.url, request(`GET ${HEARTBEATS}`, [ROOT]));
      expect(answers[0]?.json).toMatchObject([body]);
    },
  );

  it('is not ready from the signal on, while it still answers', async () => {
    const health = request('GET /health/ready', []);
    const { socket, received } = await begin(health.slice(0, -2));
    // What holds the process: a request under way.
    await begin(halfOf(JSON.stringify(heartbeat()))[0]);
    await api.request('GET', HEARTBEATS);
    api.kill('SIGTERM');
    await api.says(/SIGTERM: finishing/);
    socket.write(health.slice(-2));
    await once(socket, 'close');
    expect(received()).toMatch(/^HTTP\/1\.1 503 [^]*{"name":"","description":"shutting down"}/);
  });

  it('does not wait for connections that nothing is under way on', async () => {
    const idle = await begin(request(`GET ${HEARTBEATS}`, [ROOT]));
    await once(idle.socket, 'data');
    const closed = once(idle.socket, 'close');
    expect(await api.stop()).toEqual(DONE);
    await closed;
  });

  it('takes no new connections', async () => {
    await begin(halfOf(JSON.stringify(heartbeat()))[0]);
    await api.request('GET', HEARTBEATS);
    api.kill('SIGTERM');
    await api.says(/finishing/);
    const port = Number(new URL(api.url).port);
    await eventually(async () => {
      const socket = connect(port, '127.0.0.1');
      const [error] = await Promise.race([once(socket, 'connect'), errorOf(socket)]);
      socket.destroy();
      return (error as NodeJS.ErrnoException | undefined)?.code === 'ECONNREFUSED';
    });
  });

  it('cuts a client that never finishes, and a second signal changes nothing', async () => {
    const { socket, received } = await begin(halfOf(JSON.stringify(heartbeat()))[0]);
    await api.request('GET', HEARTBEATS);
    api.kill('SIGTERM');
    await api.says(/SIGTERM: finishing/);
    api.kill('SIGINT');
    api.kill('SIGTERM');
    await once(socket, 'close');
    expect(received()).toBe('');
    expect(await api.exited).toEqual(DONE);
    expect(api.output()).not.toContain('SIGINT: finishing');
  });

  it('says nothing that looks like an error', async () => {
    await api.request('POST', HEARTBEATS, { json: heartbeat() });
    expect(await api.stop()).toEqual(DONE);
    expect(api.output()).not.toMatch(
      /ERROR|Error|WARN(?!.*no users are set)|"level":(?:[56]0|40(?!.*no users are set))/,
    );
  });
});

const errorOf = (socket: Socket): Promise<Error[]> =>
  new Promise((resolve) => socket.on('error', (error) => resolve([error])));
