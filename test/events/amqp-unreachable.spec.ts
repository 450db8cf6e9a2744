import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { AmqpTransport } from '../../src/events/amqp/amqp.transport';
import { anEvent, captureLog } from './broker';
import { eventually } from '../support/eventually';

describe('events while there is no broker', () => {
  let log: string[];
  let server: Server;
  let transport: AmqpTransport;

  beforeEach(async () => {
    log = captureLog();
    server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });

  afterEach(async () => {
    await transport.close();
    await new Promise((resolve) => server.close(resolve));
    jest.restoreAllMocks();
  });

  const start = (): void => {
    const { port } = server.address() as AddressInfo;
    transport = new AmqpTransport({ url: `amqp://user:sesame@127.0.0.1:${port}` });
    transport.start();
  };

  it('start and consume all the same, are refused after their time, and each trouble is logged once, without the password', async () => {
    let attempts = 0;
    server.on('connection', (socket) => {
      attempts += 1;
      socket.destroy();
    });
    start();
    await transport.consume((delivery) => delivery.ack());
    const refused = await transport.publish(anEvent()).catch((error: unknown) => error as Error);
    expect(refused).toBeInstanceOf(Error);
    expect(attempts).toBeGreaterThan(2);
    expect([transport.status, transport.hearing, await transport.backlog()]).toEqual(['down', false, 0]);
    const errors = log.filter((line) => line.startsWith('error'));
    expect(errors.length).toBeGreaterThan(0);
    expect(new Set(errors).size).toBe(errors.length);
    expect(`${String(refused)} ${log.join()}`).not.toContain('sesame');
  });

  it('are given up at once by closing', async () => {
    server.on('connection', (socket) => socket.destroy());
    start();
    const published = transport.publish(anEvent()).catch((error: unknown) => (error as Error).message);
    await transport.close();
    expect(await published).toContain('closed');
  });

  it('do not hold up closing when the other side accepts and says nothing', async () => {
    const sockets: Socket[] = [];
    server.on('connection', (socket) => void sockets.push(socket.on('error', () => undefined)));
    start();
    await eventually(() => sockets.length > 0);
    await transport.close();
    expect(transport.status).toBe('down');
    sockets.forEach((socket) => socket.destroy());
  });
});
