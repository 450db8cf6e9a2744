import { connect, type Channel, type ChannelModel } from 'amqplib';
import { describeWith } from '../events/broker';
import type { ApiProcess } from '../support/processes';
import { callOverHttp } from '../../src/testing/http-call';
import { readMetrics, type Scrape } from '../observability/scrape';
import { freshSite } from './support/fresh-site';
import { create, watched, type Watched } from './support/installation';
import { Pulse } from './support/pulse';
import { waitFor } from './support/wait-for';

const EXCHANGE = 'canopsis.events';
const QUEUE = 'Engine_heartbeat';
const LOST_CHECK = /no silence is believed, and no alarm raised, since a check/;
const CANCELLED = /The broker ended the consuming of Engine_heartbeat/;

async function healthOf(app: ApiProcess): Promise<unknown> {
  return ((await app.request('GET', '/health/ready')).json as { status: string }).status;
}

/** Everything is watched by one process; one sender lives all the time, another one is dead. */
describeWith('RABBITMQ_START', 'the way of events', (startScript) => {
  const given = freshSite(startScript);
  const alive = watched('alive', '3s');
  const dead = watched('dead', '4s');
  let app: ApiProcess;
  let connection: ChannelModel;
  let channel: Channel;
  let pulse: Pulse;

  beforeEach(async () => {
    connection = await connect(given.broker.url);
    channel = await connection.createChannel();
    app = await given.site.start('all', { BLIND_GRACE: '2s' });
    await app.says(/hears events since/);
    pulse = new Pulse(given.broker.url, [alive]);
  });
  afterEach(async () => {
    await pulse.stop();
    await connection.close();
  });

  /** What lives is never raised, what is dead is raised once; and by its end events come again. */
  async function expectTruth(all: readonly Watched[]): Promise<void> {
    const { client } = given;
    await waitFor('the alarm of the dead', () => client.told(dead.resource).length > 0);
    await waitFor('health', async () => (await healthOf(app)) === 'ok');
    await client.caughtUp();
    expect(all.map(({ resource }) => client.told(resource))).toEqual([[], [3]]);
  }

  it.each([
    ['a binding that is removed', LOST_CHECK, () => channel.unbindQueue(QUEUE, EXCHANGE, '#')],
    [
      'an exchange that is deleted and made anew',
      LOST_CHECK,
      async () => {
        await channel.deleteExchange(EXCHANGE);
        await channel.assertExchange(EXCHANGE, 'topic', { durable: true });
      },
    ],
    ['a queue that is deleted', CANCELLED, () => channel.deleteQueue(QUEUE)],
    [
      'a binding that is replaced by a narrower one, through which nothing but our own comes',
      LOST_CHECK,
      async () => {
        await channel.bindQueue(QUEUE, EXCHANGE, 'heartbeat.#');
        await channel.unbindQueue(QUEUE, EXCHANGE, '#');
      },
    ],
  ])('is found broken, told once, and mended: %s', async (_, told, harm) => {
    await create(app, [alive, dead]);
    await waitFor('the first event', async () => (await stateOf(alive)) === 'up');
    await harm();
    await given.client.bindAgain();
    await app.says(told);
    await expectTruth([alive, dead]);
    expect(app.output().match(new RegExp(told, 'g'))).toHaveLength(1);
  });

  it('is said to be another kind of exchange once each time, with what to do, and mended once that is gone', async () => {
    const KIND = /"level":50.*canopsis\.events exists, but of another kind.*'direct'.*delete it there/g;
    const told = (): number => app.output().match(KIND)?.length ?? 0;
    const broken = (): number => app.output().split(LOST_CHECK).length - 1;
    await create(app, [alive, dead]);
    await waitFor('the first event', async () => (await stateOf(alive)) === 'up');
    for (const times of [1, 2]) {
      await channel.deleteExchange(EXCHANGE);
      await channel.assertExchange(EXCHANGE, 'direct', { durable: true });
      await waitFor('that it is told', () => told() === times);
      const before = await checksSent();
      await waitFor('that it was tried again', async () => (await checksSent()) > before + 2);
      expect(await healthOf(app)).toBe('degraded');
      await channel.deleteExchange(EXCHANGE);
      await waitFor('health', async () => (await healthOf(app)) === 'ok');
      await given.client.bindAgain();
      expect([told(), broken()]).toEqual([times, times]);
    }
    expect(given.client.told(alive.resource)).toEqual([]);
  });

  it('is broken while the engine may not publish, though events of others come: told once, until it may again', async () => {
    await given.broker.control('add_user', 'own', 'own');
    const mayPublish = (where: string): Promise<void> =>
      given.broker.control('set_permissions', 'own', '.*', where, '.*');
    await mayPublish('.*');
    await app.stop();
    app = await given.site.start('all', { BLIND_GRACE: '2s', AMQP_URL: given.broker.urlFor('own', 'own') });
    await create(app, [alive, dead]);
    await waitFor('the first event', async () => (await stateOf(alive)) === 'up');
    await mayPublish('^Engine_heartbeat$');
    await app.says(LOST_CHECK);
    const before = await checksSent();
    await waitFor('that it was tried again', async () => (await checksSent()) > before + 3);
    const lines = (text: string): number => app.output().split(text).length - 1;
    const told = ['The broker cannot be used', 'a check that was sent', 'hears events since'].map(lines);
    expect(told).toEqual([1, 1, 1]);
    expect(given.client.alarms).toEqual([]);
    await mayPublish('.*');
    await expectTruth([alive, dead]);
  });

  it('is found broken and mended by three engines as well, which send one check for all', async () => {
    await given.site.startEngines(2, { BLIND_GRACE: '2s' });
    await create(app, [alive, dead]);
    await waitFor('the first event', async () => (await stateOf(alive)) === 'up');
    await channel.unbindQueue(QUEUE, EXCHANGE, '#');
    const said = (): number => given.site.output().split(LOST_CHECK).length - 1;
    await waitFor('that it is told', () => said() > 0);
    await expectTruth([alive, dead]);
    expect(said()).toBe(1);
  });

  it('is blind while the broker lacks memory, and sends each alarm once', async () => {
    await create(app, [alive, dead]);
    await waitFor('the first event', async () => (await stateOf(alive)) === 'up');
    await given.broker.control('set_vm_memory_high_watermark', '0.000001');
    await waitFor('that it is told', async () => (await healthOf(app)) === 'degraded');
    await given.broker.control('set_vm_memory_high_watermark', '0.6');
    await expectTruth([alive, dead]);
  });

  it('proves nothing while somebody else takes a part of the events, who is named', async () => {
    await channel.consume(QUEUE, () => undefined, { noAck: true });
    await create(app, [alive, dead]);
    await app.says(/has other consumers: 2 in all, and this database knows 1 of them/);
    expect(await healthOf(app)).toBe('degraded');
    expect(given.client.alarms).toEqual([]);
    await channel.close();
    channel = await connection.createChannel();
    await expectTruth([alive, dead]);
  });

  it('is found broken within about a minute where others go on through a narrower binding, and nobody is late', async () => {
    await create(app, [alive]);
    await waitFor('the first event', async () => (await stateOf(alive)) === 'up');
    const ROUTED = 'c1.n1.#';
    await channel.bindQueue(QUEUE, EXCHANGE, ROUTED);
    await channel.unbindQueue(QUEUE, EXCHANGE, '#');
    await app.says(LOST_CHECK);
    await waitFor('health', async () => (await health()) === 'ok');
    await channel.unbindQueue(QUEUE, EXCHANGE, ROUTED);
    const unboundAt = Date.now();
    await waitFor('events by the binding that was made again', async () => {
      const { last_event } = (await given.site.states()).get(alive.resource) ?? {};
      return (last_event ?? 0) > unboundAt;
    });
    expect(given.client.told(alive.resource)).toEqual([]);
  });

  it('is proven by checks where nothing else comes', async () => {
    const { client } = given;
    await pulse.stop();
    await create(app, [dead]);
    await waitFor('the alarm', () => client.told(dead.resource).length === 1);
    expect(client.checks).toBeGreaterThan(0);
  });

  async function checksSent(): Promise<number> {
    const { text } = await callOverHttp(`${app.url}/metrics`, 'GET', 'root:root');
    return readMetrics(text).get('heartbeat_path_checks_total') ?? 0;
  }

  async function stateOf({ resource }: Watched): Promise<string | undefined> {
    return (await given.site.states()).get(resource)?.state;
  }
});

describeWith('RABBITMQ_START', 'the way of events at the first start on a database', (startScript) => {
  const given = freshSite(startScript);

  it('is known to be broken while somebody else takes a part of them, and to be whole once they are gone', async () => {
    const dead = watched('dead', '4s');
    await given.client.declareEngineQueue();
    const connection = await connect(given.broker.url);
    try {
      const old = await connection.createChannel();
      await old.consume(QUEUE, () => undefined, { noAck: true });
      const app = await given.site.start('all', { BLIND_GRACE: '2s' });
      await create(app, [dead]);
      await app.says(/has other consumers: 2 in all, and this database knows 1 of them/);
      await waitFor('health', async () => (await healthOf(app)) === 'degraded');
      const metrics = async (): Promise<Scrape> => {
        const answer = await callOverHttp(`${app.url}/metrics`, 'GET', 'root:root', {});
        return readMetrics(answer.text);
      };
      expect((await metrics()).get('heartbeat_blindnesses_total{reason="others"}')).toBe(1);
      await waitFor('the metric of it', async () => (await metrics()).get('heartbeat_path_whole') === 0);
      expect(given.client.alarms).toEqual([]);
      await old.close();
      await waitFor('health', async () => (await healthOf(app)) === 'ok');
      await waitFor('the alarm of the dead', () => given.client.told(dead.resource).length === 1);
    } finally {
      await connection.close();
    }
  });
});
