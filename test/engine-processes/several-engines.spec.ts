import { describeWith } from '../events/broker';
import { OwnBroker } from '../events/own-broker';
import { BrokerClient } from './support/broker-client';
import { create, Installation, watchedMany } from './support/installation';
import { sequences } from './support/sequences';
import { waitFor } from './support/wait-for';

const COUNT = 500;

describeWith('RABBITMQ_START', 'engines on one queue and one database', (startScript) => {
  let broker: OwnBroker;
  let client: BrokerClient;
  let site: Installation;

  beforeEach(async () => {
    broker = await OwnBroker.start(startScript);
    client = await BrokerClient.at(broker.url);
    site = await Installation.open({ AMQP_URL: broker.url });
  }, 120_000);

  afterEach(async () => {
    await site.close();
    await client.close();
    await broker.remove();
  }, 60_000);

  it.each([2, 4])(
    'raise each of 500 silences once, resolve each once, and raise it again: %d engines',
    async (engines) => {
      const all = watchedMany('host', COUNT, (n) => `${1 + (n % 3)}s`);
      const events = all.map(({ event }) => event);
      const api = await site.start('api');
      await create(api, all);
      await client.declareEngineQueue();
      await client.publish(events);
      await site.startEngines(engines);

      await waitFor(
        'an alarm for each',
        () => client.alarms.length >= COUNT,
        () => client.alarms.length,
      );
      await site.settled('down', all);
      expect(sequences(client, all)).toEqual({ '3': COUNT });

      await client.publish(events);
      await waitFor('the end of each, and another alarm', () => client.alarms.length >= 3 * COUNT);
      await site.settled('down', all);
      expect(sequences(client, all)).toEqual({ '3,0,3': COUNT });
    },
    150_000,
  );
});
