import { anEvent, captureLog, collect, describeWith, TestBroker } from './broker';
import { at } from '../support/at';
import { eventually } from '../support/eventually';
import { OwnBroker } from '../support/own-broker';

describeWith('RABBITMQ_START', 'events while the broker is killed', (startScript) => {
  let own: OwnBroker;

  beforeAll(async () => {
    own = await OwnBroker.start(startScript);
  }, 120_000);

  afterAll(() => own.remove(), 60_000);
  afterEach(() => jest.restoreAllMocks());

  it('are held by nobody while it is away, and go on by themselves when it is back: nothing confirmed is lost', async () => {
    const log = captureLog();
    const before = await TestBroker.at(own.url);
    const transport = await before.transport({ prefetch: 1 });
    const changes: boolean[] = [];
    transport.onHearingChange((hearing) => changes.push(hearing));
    const deliveries = await collect(transport);
    for (let n = 0; n < 3; n++) await transport.publish(anEvent({ n }));
    await eventually(() => deliveries.length === 1);

    await own.kill();
    await eventually(() => !transport.hearing && transport.status === 'down');
    await expect(transport.publish(anEvent({ n: 'lost' }))).rejects.toThrow();
    expect(() => at(deliveries, 0).ack()).not.toThrow(); // too late: it will come again

    const duringStart = own.start();
    await duringStart;
    await eventually(() => transport.hearing && transport.status === 'up');
    expect(changes).toEqual([true, false, true]);
    for (let i = 1; i <= 3; i++) {
      await eventually(() => deliveries.length > i);
      at(deliveries, i).ack();
    }
    expect(deliveries.map(({ event }) => event['n'])).toEqual([0, 0, 1, 2]);
    await transport.publish(anEvent({ n: 3 }));
    await eventually(() => deliveries.length === 5);
    at(deliveries, 4).ack();
    const errors = log.filter((line) => line.startsWith('error'));
    expect(new Set(errors).size).toBe(errors.length);
    await before.close();
  }, 120_000);
});
