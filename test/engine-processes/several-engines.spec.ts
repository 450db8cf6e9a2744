import { describeWith } from '../events/broker';
import { freshSite } from './support/fresh-site';
import type { Answer } from '../support/application';
import type { ApiProcess } from '../support/processes';
import { pastStandstills } from '../support/standstill';
import { type Watched, create, watchedMany } from './support/installation';
import { sequences } from './support/sequences';
import { waitFor } from './support/wait-for';

const COUNT = 500;

describeWith('RABBITMQ_START', 'engines on one queue and one database', (startScript) => {
  const given = freshSite(startScript);

  it.each([2, 4])(
    'raise each of 500 silences once, resolve each once, and raise it again: %d engines',
    async (engines) => {
      const { client, site } = given;
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
      await client.caughtUp();
      expect(sequences(client, all)).toEqual({ '3': COUNT });

      await client.publish(events);
      await waitFor('the end of each, and another alarm', () => client.alarms.length >= 3 * COUNT);
      await site.settled('down', all);
      await client.caughtUp();
      expect(sequences(client, all)).toEqual({ '3,0,3': COUNT });
    },
  );

  it('keep silent about what is paused, note its events, and raise it once, after its whole interval: two engines, one killed', async () => {
    const { client, site } = given;
    const all = watchedMany('pausable', 20, () => '2s');
    const [paused, others] = [all.slice(0, 10), all.slice(10)];
    const api = await site.start('api');
    await create(api, all);
    await client.declareEngineQueue();
    await setPaused(api, 'PUT', paused);
    const [engine] = await site.startEngines(2);
    await waitFor('an alarm for each of the others', () => client.alarms.length >= others.length);
    await site.settled('down', others);
    await site.settled('paused', paused);
    await client.publish(all.map(({ event }) => event));
    await waitFor('their ends, and another alarm', () => client.alarms.length >= 3 * others.length);
    // An alarm may be told again where the process is killed before it has stored that it was told.
    await site.settled('down', others);
    await engine?.stop('SIGKILL');
    await site.settled('paused', paused);
    await waitFor('the events of those that are paused', async () => {
      const states = await site.states();
      return paused.every(({ resource }) => typeof states.get(resource)?.last_event === 'number');
    });
    await client.caughtUp();
    expect([sequences(client, others), sequences(client, paused)]).toEqual([{ '3,0,3': 10 }, { '': 10 }]);

    const resumedAt = Date.now() / 1_000;
    await setPaused(api, 'DELETE', paused);
    await site.settled('down', all);
    await client.caughtUp();
    expect(sequences(client, paused)).toEqual({ '3': 10 });
    for (const { resource } of paused)
      expect(client.of(resource)[0]?.event.timestamp).toBeGreaterThanOrEqual(Math.floor(resumedAt + 2));

    await setPaused(api, 'PUT', paused);
    await site.settled('paused', paused);
    await client.publish(paused.map(({ event }) => event));
    await waitFor('the end of each open alarm', () => sequences(client, paused)['3,0'] === paused.length);
    await site.settled('paused', paused);
    await client.caughtUp();
    expect(sequences(client, paused)).toEqual({ '3,0': 10 });
  });
});

/** Pauses heartbeats through the API, or ends their pauses. */
async function setPaused(api: ApiProcess, method: 'PUT' | 'DELETE', all: readonly Watched[]): Promise<void> {
  const call = (verb: string, path: string, json?: object): Promise<Answer> =>
    pastStandstills(
      () => api.output(),
      () => api.request(verb, path, { json }),
    );
  const found = (await call('GET', '/api/v2/heartbeat')).json as {
    _id: string;
    pattern: { component: string };
  }[];
  for (const { component } of all) {
    const id = found.find(({ pattern }) => pattern.component === component)?._id;
    const path = `/api/v2/heartbeat/${id}/pause`;
    const answer = await call(method, path, method === 'PUT' ? { reason: 'new disks' } : undefined);
    expect(answer.status).toBe(200);
  }
}
