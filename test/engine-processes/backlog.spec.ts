import { describeWith } from '../events/broker';
import { at } from '../support/at';
import { freshSite } from './support/fresh-site';
import { create, watchedMany } from './support/installation';
import { Pump } from './support/pump';
import { sequences } from './support/sequences';
import { waitFor } from './support/wait-for';

const EVENTS = 50_000;
const AT_ONCE = 5_000;
const INTERVAL_MS = 6_000;

describeWith('RABBITMQ_START', 'a backlog', (startScript) => {
  const given = freshSite(startScript, { BLIND_GRACE: '1s' });

  it('of 50,000 events is worked off before anything counts as silent; what is, is found then', async () => {
    const { client, site } = given;
    const living = watchedMany('living', 50, () => '6s');
    const silent = watchedMany('silent', 20, () => '6s');
    const all = [...living, ...silent];
    await create(await site.start('api'), all);
    await client.declareEngineQueue();
    await client.publish(all.map(({ event }) => event));
    const first = at(await site.startEngines(1), 0);
    await site.settled('up', all);
    const stopped = Date.now();
    await first.stop();

    // The first of the living gets all of it, the others only what comes last.
    const filling = Array.from({ length: AT_ONCE }, () => at(living, 0).event);
    for (let sent = 0; sent < EVENTS; sent += AT_ONCE) await client.publish(filling);
    await waitFor('every deadline', () => Date.now() > stopped + INTERVAL_MS);
    const pump = new Pump(client, () => living.map(({ event }) => event));
    await site.startEngines(1);
    let stillWaiting = 0;
    await waitFor('the backlog worked off', async () => {
      if ((await client.waiting()) <= AT_ONCE) return true;
      stillWaiting = Date.now();
      return false;
    });
    await site.settled('down', silent);
    await client.caughtUp();

    expect(stillWaiting).toBeGreaterThan(0);
    const states = await site.states();
    const since = silent.map(({ resource }) => states.get(resource)?.since ?? 0);
    expect(Math.min(...since)).toBeGreaterThan(stillWaiting);
    expect(sequences(client, silent)).toEqual({ '3': silent.length });
    expect(sequences(client, living)).toEqual({ '': living.length });
    await pump.stop();
  });
});
