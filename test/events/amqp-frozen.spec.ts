import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { anEvent, captureLog, collect, describeWith, TestBroker } from './broker';
import { eventually } from '../support/eventually';

/** Passes connections on to a broker, until it freezes: then nothing passes any more, and nothing is closed either. */
class FreezingProxy {
  private readonly sockets: Socket[] = [];
  private frozen = false;
  private readonly server = createServer((client) => {
    if (this.frozen) return void this.sockets.push(client.pause());
    const broker = connect(Number(new URL(this.target).port || 5672), new URL(this.target).hostname);
    client.pipe(broker).pipe(client);
    for (const socket of [client, broker]) this.sockets.push(socket.on('error', () => undefined));
  });

  constructor(private readonly target: string) {}

  /** @returns the URL by which the broker is reached through it. */
  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    const url = new URL(this.target);
    url.host = `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
    return url.href;
  }

  freeze(): void {
    this.frozen = true;
    for (const socket of this.sockets) socket.unpipe().pause();
  }

  thaw(): void {
    this.frozen = false;
    for (const socket of this.sockets.splice(0)) socket.destroy();
  }

  async close(): Promise<void> {
    this.thaw();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

describeWith('AMQP_URL', 'events while the broker neither answers nor closes', (url) => {
  it('are not heard, which is noticed, and are heard again when it answers', async () => {
    const log = captureLog();
    const proxy = new FreezingProxy(url);
    const broker = await TestBroker.at(url);
    try {
      const transport = await broker.transport({ url: await proxy.listen() });
      const deliveries = await collect(transport);
      proxy.freeze();
      await expect(transport.backlog()).rejects.toThrow();
      await expect(transport.publish(anEvent({ n: 1 }))).rejects.toThrow();
      await eventually(() => !transport.hearing && transport.status === 'down');
      expect(log.join()).toContain('Heartbeat timeout');
      proxy.thaw();
      await eventually(() => transport.hearing && transport.status === 'up');
      await transport.publish(anEvent({ n: 2 }));
      await eventually(() => deliveries.length > 0);
      deliveries.forEach((delivery) => delivery.ack());
      expect(deliveries.at(-1)?.event['n']).toBe(2);
    } finally {
      await broker.close();
      await proxy.close();
      jest.restoreAllMocks();
    }
  });
});
