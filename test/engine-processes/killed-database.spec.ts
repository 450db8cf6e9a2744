import { isDeepStrictEqual } from 'node:util';
import { describeWith } from '../events/broker';
import type { Answer } from '../support/application';
import { ERRORS } from '../support/canopsis';
import type { ApiProcess } from '../support/processes';
import { freshSite } from './support/fresh-site';
import { Pump } from './support/pump';
import { create, watched, watchedMany } from './support/installation';
import { waitFor } from './support/wait-for';

const COUNT = 400;
const SLICE = 40;

describeWith('RABBITMQ_START', 'a database that is killed', (startScript) => {
  const given = freshSite(startScript, { BLIND_GRACE: '2s' }, { ownServer: true });

  it('loses no event that was acknowledged, and makes no silence: each is stored in the end', async () => {
    const { client, site } = given;
    const all = watchedMany('host', COUNT, () => '1h');
    const silent = watched('silent', '5s');
    const steady = watchedMany('steady', 50, () => '3s');
    const api = await site.start('api');
    await create(api, [...all, ...steady, silent]);
    await site.startEngines(2);
    const pump = new Pump(client, () => steady.map(({ event }) => event));
    await client.publish([silent.event]);
    await site.settled('up', [silent]);

    for (const longer of [false, true, false]) {
      // One event for each heartbeat: none can make up for another.
      const published = new Map<string, number>();
      const killAt = SLICE * Math.floor(Math.random() * (COUNT / SLICE));
      for (let n = 0; n < COUNT; n += SLICE) {
        const slice = all.slice(n, n + SLICE);
        for (const { resource } of slice) published.set(resource, Date.now());
        await client.publish(slice.map(({ event }) => event));
        if (n === killAt) await site.killDatabase();
      }
      if (longer) await waitFor('the documented error', async () => isDatabaseError(await list(api)));
      await site.restartDatabase();
      let missing: string[] = [];
      const stored = async (): Promise<boolean> => {
        const states = await site.states().catch(() => new Map<string, undefined>());
        missing = all
          .map(({ resource }) => resource)
          .filter((resource) => (states.get(resource)?.last_event ?? 0) < (published.get(resource) ?? 0));
        return missing.length === 0;
      };
      await waitFor('all events stored', stored, () => [missing.length, missing[0]]);
    }

    await waitFor('the true silence', () => client.told(silent.resource).length > 0);
    await site.settled('down', [silent]);
    await client.caughtUp();
    expect(client.alarms.map(({ event }) => event.resource)).toEqual([silent.resource]);
    expect(await client.waiting()).toBe(0);
    await pump.stop();
  });
});

const list = (api: ApiProcess): Promise<Answer> => api.request('GET', '/api/v2/heartbeat');

const isDatabaseError = ({ status, json }: Answer): boolean =>
  isDeepStrictEqual([status, json], ERRORS.databaseOnRead);
