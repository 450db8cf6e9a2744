import { setTimeout as delay } from 'node:timers/promises';
import { describeWith } from '../events/broker';
import { OwnBroker } from '../events/own-broker';
import type { ApiProcess } from '../support/processes';
import { BrokerClient } from './support/broker-client';
import { create, Installation, watchedMany } from './support/installation';
import { Pump } from './support/pump';
import { waitFor } from './support/wait-for';

const KILLS = 5;

describeWith('RABBITMQ_START', 'engines that are killed under load', (startScript) => {
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

  /** Kills one after another, at random moments, and starts another in its place. */
  async function killNowAndThen(engines: ApiProcess[]): Promise<void> {
    for (let n = 0; n < KILLS; n += 1) {
      await delay(500 + Math.random() * 2_000);
      await engines[n % engines.length].stop('SIGKILL');
      [engines[n % engines.length]] = await site.startEngines(1);
    }
  }

  it('lose no alarm, raise none twice for one silence, and none where events go on', async () => {
    const steady = watchedMany('steady', 50, () => '8s');
    const faltering = watchedMany('faltering', 60, (n) => `${1 + (n % 3)}s`);
    const api = await site.start('api');
    await create(api, [...steady, ...faltering]);
    const engines = await site.startEngines(2);
    const pump = new Pump(client, () => steady.map(({ event }) => event));

    // As soon as one is silent and that is told, an event comes; then it is silent again.
    const eventsFor = new Map(faltering.map(({ resource }) => [resource, 0]));
    const awaken = new Pump(client, () => {
      const silent = faltering.filter(({ resource }) => {
        const told = client.changes(resource).length;
        return told === 1 + 2 * (eventsFor.get(resource) ?? 0);
      });
      for (const { resource } of silent) eventsFor.set(resource, (eventsFor.get(resource) ?? 0) + 1);
      return silent.map(({ event }) => event);
    });
    await killNowAndThen(engines);
    await awaken.stop();
    // What an engine was about to send when it was killed is sent by another once the lease has ended.
    await site.settled('down', faltering);
    await waitFor('the last alarms', () =>
      faltering.every(({ resource }) => client.told(resource).at(-1) === 3),
    );
    await pump.stop();

    for (const { resource } of faltering) {
      const events = eventsFor.get(resource) ?? 0;
      const expected = [3, ...Array.from({ length: events }, () => [0, 3]).flat()];
      expect([resource, client.changes(resource).map(({ event }) => event.state)]).toEqual([
        resource,
        expected,
      ]);
    }
    for (const { resource } of faltering)
      expect(client.mostRepeated(resource)).toBeLessThanOrEqual(1 + KILLS);
    expect(client.alarms.length).toBeGreaterThan(3 * faltering.length);
    expect(steady.filter(({ resource }) => client.told(resource).length > 0)).toEqual([]);
  }, 200_000);
});
