import { describeWith } from '../events/broker';
import { OwnBroker } from '../events/own-broker';
import type { ApiProcess } from '../support/processes';
import { type Alarm, BrokerClient } from './support/broker-client';
import { Installation } from './support/installation';
import { waitFor } from './support/wait-for';

const EVENT = { connector: 'c1', connector_name: 'connector1', event_type: 'check', component: 'host' };

describeWith('RABBITMQ_START', 'alarms on the wire', (startScript) => {
  let broker: OwnBroker;
  let client: BrokerClient;
  let site: Installation;
  let app: ApiProcess;

  beforeAll(async () => {
    broker = await OwnBroker.start(startScript);
    client = await BrokerClient.at(broker.url);
    site = await Installation.open({ AMQP_URL: broker.url });
    app = await site.start('all');
  }, 120_000);

  afterAll(async () => {
    await site.close();
    await client.close();
    await broker.remove();
  }, 60_000);

  async function create(pattern: Record<string, string>, more: object = {}): Promise<void> {
    const json = { pattern, expected_interval: '1s', ...more };
    expect((await app.request('POST', '/api/v2/heartbeat', { json })).status).toBe(200);
  }

  /** The alarm that raises, and after an event the one that resolves. */
  async function raisedAndResolved(resource: string, event: object): Promise<[Alarm, Alarm]> {
    await waitFor('the alarm', () => client.of(resource).length === 1);
    await client.publish([event]);
    await waitFor('its end', () => client.of(resource).length >= 2);
    const [raised, resolved] = client.of(resource);
    return [raised, resolved];
  }

  function expectProperties({ message }: Alarm, routingKey: string): void {
    expect(message.fields).toMatchObject({ exchange: 'canopsis.events', routingKey });
    expect(message.properties).toMatchObject({ contentType: 'application/json', deliveryMode: 2 });
  }

  it('are the documented events, byte for byte, with the documented routing key', async () => {
    const before = Date.now();
    await create({ connector_name: 'connector1', connector: 'c1' });
    const resource = 'connector:c1.connector_name:connector1';
    const [raised, resolved] = await raisedAndResolved(resource, EVENT);
    const since = raised.event.timestamp;
    expect(since).toBeGreaterThanOrEqual(Math.floor((before + 1_000) / 1000));
    expect(since).toBeLessThanOrEqual(Math.floor(raised.at / 1000));
    expect(raised.body).toBe(
      '{"connector":"heartbeat","connector_name":"heartbeat","event_type":"check","component":"heartbeats",' +
        '"resource":"connector:c1.connector_name:connector1","source_type":"resource","state":3,' +
        `"output":"No event matching connector:c1.connector_name:connector1 for 1s","timestamp":${since}}`,
    );
    expect(resolved.body).toBe(
      '{"connector":"heartbeat","connector_name":"heartbeat","event_type":"check","component":"heartbeats",' +
        '"resource":"connector:c1.connector_name:connector1","source_type":"resource","state":0,' +
        '"output":"Event matching connector:c1.connector_name:connector1 received",' +
        `"timestamp":${resolved.event.timestamp}}`,
    );
    expect(resolved.event.timestamp).toBeGreaterThanOrEqual(since);
    const key = `heartbeat.heartbeat.check.resource.heartbeats.${resource}`;
    for (const alarm of [raised, resolved]) expectProperties(alarm, key);
  }, 60_000);

  it('carry the text of the heartbeat, as it is', async () => {
    const output = 'Приложение "молчит"\n\u2028\u0007 😀';
    await create({ component: 'with-text' }, { output });
    const [raised, resolved] = await raisedAndResolved('component:with-text', {
      ...EVENT,
      component: 'with-text',
    });
    expect([raised.event.output, resolved.event.output]).toEqual([output, output]);
  }, 60_000);

  it('have a routing key of 255 bytes at most, cut between characters, and the whole resource', async () => {
    const component = `é${'😀'.repeat(100)}`; // 402 bytes
    await create({ component });
    const resource = `component:${component}`;
    const [raised, resolved] = await raisedAndResolved(resource, { ...EVENT, component });
    // 45 bytes, and 10 of `component:`, and 2 of é leave 198: 49 characters of 4 bytes.
    const key = `heartbeat.heartbeat.check.resource.heartbeats.component:é${'😀'.repeat(49)}`;
    expect(Buffer.byteLength(key)).toBeLessThanOrEqual(255);
    expect(Buffer.byteLength(key)).toBeGreaterThan(251);
    for (const alarm of [raised, resolved]) expectProperties(alarm, key);
  }, 60_000);

  it('do not keep a heartbeat on the engine itself alive', async () => {
    await create({ connector: 'heartbeat' });
    await waitFor('the alarm', () => client.of('connector:heartbeat').length > 0);
    await site.settled('down', [{ component: '', interval: '', resource: 'connector:heartbeat', event: {} }]);
    // Alarms of others have passed through the queue, and so has its own, since a later event was stored.
    await client.publish([{ ...EVENT, component: 'with-text' }]);
    await waitFor('that event', () => client.told('component:with-text').length > 3);
    expect(client.told('connector:heartbeat')).toEqual([3]);
  }, 60_000);
});
