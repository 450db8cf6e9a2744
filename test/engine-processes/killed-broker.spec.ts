import { describeWith } from '../events/broker';
import { at } from '../support/at';
import { freshSite } from './support/fresh-site';
import { create, watched, watchedMany } from './support/installation';
import { Pump } from './support/pump';
import { sequences } from './support/sequences';
import { waitFor } from './support/wait-for';

describeWith('RABBITMQ_START', 'a broker that is killed', (startScript) => {
  const given = freshSite(startScript, { BLIND_GRACE: '3s' });

  it('makes no silence, hides none, and gets what was to be told meanwhile', async () => {
    const { broker, client, site } = given;
    const living = watchedMany('living', 30, () => '6s');
    const silent = watchedMany('silent', 30, () => '3s');
    const removed = watched('removed', '1s');
    const app = await site.start('all');
    await create(app, [...living, ...silent, removed]);
    const before = new Pump(client, () => [...living, ...silent].map(({ event }) => event));
    await site.settled('up', [...living, ...silent]);
    await waitFor('the alarm of the one without events', () => client.told(removed.resource).length > 0);
    await site.settled('down', [removed]);
    await before.stop();
    await client.close();

    await broker.kill();
    const { _id } = (await site.states()).get(removed.resource) ?? {};
    expect((await app.request('DELETE', `/api/v2/heartbeat/${_id}`)).status).toBe(200);
    const { event } = at(living, 0);
    expect((await app.request('POST', '/api/v2/event', { json: event })).json).toMatchObject({
      sent_events: [],
      retry_events: [event],
    });
    expect((await app.request('GET', '/health/ready')).json).toEqual({ status: 'degraded' });
    await waitFor('blindness', async () => {
      const states = await app.request('GET', '/api/v2/heartbeat-state');
      return (states.json as { blind: boolean }[]).every(({ blind }) => blind);
    });

    await broker.start();
    await client.connectAgain();
    const after = new Pump(client, () => living.map(({ event }) => event));
    await site.settled('down', silent);
    await waitFor('the end of the removed one', () => client.changes(removed.resource).length > 1);
    await site.settled('up', living);
    await client.caughtUp();
    expect(sequences(client, silent)).toEqual({ '3': silent.length });
    expect(sequences(client, living)).toEqual({ '': living.length });
    expect(client.told(removed.resource)).toEqual([3, 0]);
    expect((await app.request('GET', '/health/ready')).json).toEqual({ status: 'ok' });
    await after.stop();
  });
});
