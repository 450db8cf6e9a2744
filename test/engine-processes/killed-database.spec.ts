import { describeWith } from '../events/broker';
import { OwnBroker } from '../events/own-broker';
import type { ApiProcess } from '../support/processes';
import { BrokerClient } from './support/broker-client';
import { create, Installation, watched, watchedMany } from './support/installation';
import { waitFor } from './support/wait-for';

const COUNT = 400;
const SLICE = 40;

describeWith('RABBITMQ_START', 'a database that is killed', (startScript) => {
  let broker: OwnBroker;
  let client: BrokerClient;
  let site: Installation;
  let api: ApiProcess;

  beforeEach(async () => {
    broker = await OwnBroker.start(startScript);
    client = await BrokerClient.at(broker.url);
    site = await Installation.open({ AMQP_URL: broker.url, BLIND_GRACE: '2s' }, { ownServer: true });
    api = await site.start('api');
  }, 120_000);

  afterEach(async () => {
    await site.close();
    await client.close();
    await broker.remove();
  }, 60_000);

  const answersError = async (): Promise<boolean> => {
    const answer = await api.request('GET', '/api/v2/heartbeat-state');
    return (
      answer.status === 400 && answer.text.includes('database error, please contact your administrator.')
    );
  };

  it('loses no event that was acknowledged: each is stored in the end', async () => {
    const all = watchedMany('host', COUNT, () => '1h');
    const silent = watched('silent', '5s');
    await create(api, [...all, silent]);
    await site.startEngines(2);
    await client.publish([silent.event]);
    await site.settled('up', [silent]);

    for (const seconds of [false, true, false]) {
      // One event for each heartbeat: none can make up for another.
      const published = new Map<string, number>();
      const killAt = SLICE * Math.floor(Math.random() * (COUNT / SLICE));
      for (let n = 0; n < COUNT; n += SLICE) {
        const slice = all.slice(n, n + SLICE);
        for (const { resource } of slice) published.set(resource, Date.now());
        await client.publish(slice.map(({ event }) => event));
        if (n === killAt) await site.killDatabase();
      }
      if (seconds) await waitFor('the documented error', answersError);
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
    expect(client.alarms.map(({ event }) => event.resource)).toEqual([silent.resource]);
    expect(await client.waiting()).toBe(0);
  }, 200_000);
});
