import { describeWith } from '../events/broker';
import { at } from '../support/at';
import type { ApiProcess } from '../support/processes';
import type { Alarm } from './support/broker-client';
import { freshSite } from './support/fresh-site';
import { waitFor } from './support/wait-for';

const EVENT = { connector: 'c1', connector_name: 'connector1', event_type: 'check', component: 'host' };

describeWith('RABBITMQ_START', 'alarms on the wire', (startScript) => {
  const given = freshSite(startScript);
  let app: ApiProcess;

  beforeEach(async () => {
    app = await given.site.start('all');
  });

  async function create(pattern: Record<string, string>, more: object = {}): Promise<void> {
    const json = { pattern, expected_interval: '1s', ...more };
    expect((await app.request('POST', '/api/v2/heartbeat', { json })).status).toBe(200);
  }

  /** The alarm that raises, and after an event the one that resolves. */
  async function raisedAndResolved(resource: string, event: object): Promise<[Alarm, Alarm]> {
    const { client } = given;
    await waitFor('the alarm', () => client.of(resource).length === 1);
    await client.publish([event]);
    await waitFor('its end', () => client.of(resource).length >= 2);
    const alarms = client.of(resource);
    return [at(alarms, 0), at(alarms, 1)];
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
  });

  it('carry the text of the heartbeat, as it is', async () => {
    const output = 'Приложение "молчит"\n\u2028\u0007 😀';
    await create({ component: 'with-text' }, { output });
    const [raised, resolved] = await raisedAndResolved('component:with-text', {
      ...EVENT,
      component: 'with-text',
    });
    expect([raised.event.output, resolved.event.output]).toEqual([output, output]);
  });

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
  });

  it('do not keep a heartbeat on the engine itself alive', async () => {
    const { client, site } = given;
    await create({ connector: 'heartbeat' });
    await create({ component: 'host' });
    await waitFor('both alarms', () => client.alarms.length === 2);
    // Both have passed through the engine's queue as well: an event that came behind them is stored.
    await raisedAndResolved('component:host', EVENT);
    expect((await site.states()).get('connector:heartbeat')).toMatchObject({
      state: 'down',
      last_event: null,
    });
    expect(client.told('connector:heartbeat')).toEqual([3]);
  });
});
