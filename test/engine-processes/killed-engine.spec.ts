import { setTimeout as delay } from 'node:timers/promises';
import { describeWith } from '../events/broker';
import { at } from '../support/at';
import type { ApiProcess } from '../support/processes';
import { freshSite } from './support/fresh-site';
import { create, type Watched, watchedMany } from './support/installation';
import { Pump } from './support/pump';
import { waitFor } from './support/wait-for';

const KILLS = 5;

describeWith('RABBITMQ_START', 'engines that are killed under load', (startScript) => {
  const given = freshSite(startScript);

  /** Kills one after another, at random moments, and starts another in its place. */
  async function killNowAndThen(engines: ApiProcess[]): Promise<void> {
    for (let n = 0; n < KILLS; n += 1) {
      await delay(500 + Math.random() * 2_000);
      const next = n % engines.length;
      await at(engines, next).stop('SIGKILL');
      engines.splice(next, 1, ...(await given.site.startEngines(1)));
    }
  }

  it('lose no alarm, raise none twice for one silence, and none where events go on', async () => {
    const { client, site } = given;
    const steady = watchedMany('steady', 50, () => '8s');
    const faltering = watchedMany('faltering', 60, (n) => `${1 + (n % 3)}s`);
    const api = await site.start('api');
    await create(api, [...steady, ...faltering]);
    const engines = await site.startEngines(2);
    const pump = new Pump(client, () => steady.map(({ event }) => event));

    // As soon as one is silent and that is told, an event comes; then it is silent again.
    const eventsFor = new Map(faltering.map(({ resource }) => [resource, 0]));
    const isAnswered = ({ resource }: Watched): boolean =>
      client.changes(resource).length === 1 + 2 * (eventsFor.get(resource) ?? 0);
    const awaken = new Pump(client, () => {
      const silent = faltering.filter(isAnswered);
      for (const { resource } of silent) eventsFor.set(resource, (eventsFor.get(resource) ?? 0) + 1);
      return silent.map(({ event }) => event);
    });
    await killNowAndThen(engines);
    await awaken.stop();
    // What an engine was about to send when it was killed is sent by another once the lease has ended.
    await waitFor('an alarm after every event', () => faltering.every(isAnswered));
    await site.settled('down', faltering);
    await client.caughtUp();

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
    await pump.stop();
  });
});
