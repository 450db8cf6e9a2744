import { anEvent, captureLog, collect, describeWith, TestBroker } from './broker';
import { at } from '../support/at';
import { eventually } from '../support/eventually';

describeWith('AMQP_URL', 'consuming again on the same channel', (url) => {
  let broker: TestBroker;

  beforeEach(async () => {
    captureLog();
    broker = await TestBroker.at(url);
  });
  afterEach(async () => {
    await broker.close();
    jest.restoreAllMocks();
  });

  it('settles nothing that was delivered before and is still in hand', async () => {
    const transport = await broker.transport();
    const before = await collect(transport);
    await transport.publish(anEvent({ n: 1 }));
    await eventually(() => before.length === 1);
    await transport.stopConsuming();

    const taken: unknown[] = [];
    await transport.consume((delivery) => {
      taken.push(delivery.event['n']);
      delivery.ack();
    });
    await transport.publish(anEvent({ n: 2 }));
    await eventually(() => taken.length === 1);
    at(before, 0).requeue();
    await eventually(() => taken.length === 2);
    expect(taken).toEqual([2, 1]);
    expect(transport.hearing).toBe(true);
  });

  it('can be tried again where the broker refused it', async () => {
    const transport = await broker.transport();
    await collect(transport);
    await transport.stopConsuming();
    await broker.channel.deleteQueue(broker.names.queue);
    await expect(collect(transport)).rejects.toThrow('NOT_FOUND');

    let taken = 0;
    const consume = (): Promise<void> =>
      transport.consume((delivery) => {
        taken += 1;
        delivery.ack();
      });
    await eventually(() =>
      consume().then(
        () => true,
        () => false,
      ),
    );
    await eventually(() => transport.hearing);
    await transport.publish(anEvent());
    await eventually(() => taken === 1);
  });

  it('is not ended by a stop from before', async () => {
    const transport = await broker.transport();
    await collect(transport);
    const stops = [transport.stopConsuming(), transport.stopConsuming()];
    await stops[1];
    const deliveries = await collect(transport);
    await stops[0];
    await transport.publish(anEvent());
    await eventually(() => deliveries.length === 1);
    expect(transport.hearing).toBe(true);
    at(deliveries, 0).ack();
  });
});
