import { connect } from 'amqplib';
import { describeWith } from '../events/broker';
import { OwnBroker } from '../support/own-broker';
import type { ApiProcess } from '../support/processes';
import { BrokerClient } from './support/broker-client';
import { create, Installation, watched } from './support/installation';
import { TEST_LIMIT_MS, waitFor } from './support/wait-for';

const PASSWORD = 'wr0ng-s3cret';

jest.setTimeout(TEST_LIMIT_MS);

describeWith('RABBITMQ_START', 'a broker that refuses', (startScript) => {
  let broker: OwnBroker;
  let site: Installation;

  beforeAll(async () => {
    broker = await OwnBroker.start(startScript);
  });
  afterAll(() => broker.remove());
  beforeEach(async () => {
    site = await Installation.open({});
  });
  afterEach(() => site.close());

  /** The API goes on; what needs the broker says so. */
  async function expectDegraded(app: ApiProcess): Promise<void> {
    const one = watched('host', '1h');
    const health = async (): Promise<unknown> => (await app.request('GET', '/health/ready')).status;
    await waitFor('the database', async () => (await health()) === 200);
    await create(app, [one]);
    expect(await app.request('GET', '/health/ready')).toMatchObject({
      status: 200,
      json: { status: 'degraded' },
    });
    expect((await app.request('POST', '/api/v2/event', { json: one.event })).json).toMatchObject({
      sent_events: [],
      retry_events: [one.event],
    });
    const [state] = (await app.request('GET', '/api/v2/heartbeat-state')).json as object[];
    expect(state).toMatchObject({ state: 'waiting', blind: true });
  }

  /** Once the broker lets it, it goes on by itself. */
  async function expectRecovery(app: ApiProcess): Promise<void> {
    const client = await BrokerClient.at(broker.url);
    try {
      const silent = watched('silent', '1s');
      await create(app, [silent]);
      await waitFor('the alarm', () => client.told(silent.resource).length > 0);
      let ready: unknown;
      const isReady = async (): Promise<boolean> => {
        ready = (await app.request('GET', '/health/ready')).json;
        return JSON.stringify(ready) === '{"status":"ok"}';
      };
      await waitFor('readiness', isReady, () => ready);
    } finally {
      await client.close();
    }
  }

  async function changeExchange(make: boolean): Promise<void> {
    const connection = await connect(broker.url);
    const channel = await connection.createChannel();
    await channel.deleteExchange('canopsis.events');
    if (make) await channel.assertExchange('canopsis.events', 'direct', { durable: true });
    await connection.close();
  }

  it('because the exchange is of another type: that is said, the API goes on, and it recovers', async () => {
    await changeExchange(true);
    const app = await site.start('all', { AMQP_URL: broker.url });
    await app.says(/"level":50.*but of another kind.*inequivalent arg 'type'/);
    await expectDegraded(app);
    await changeExchange(false);
    await expectRecovery(app);
  });

  it('because the password is wrong: that is said, but not the password, and the API goes on', async () => {
    const url = new URL(broker.url);
    url.password = PASSWORD;
    const app = await site.start('all', { AMQP_URL: url.href, LOG_LEVEL: 'verbose' });
    await app.says(/"level":50.*ACCESS.REFUSED/);
    await expectDegraded(app);
    await app.stop();
    expect(app.output()).not.toContain(PASSWORD);
  });

  it('because the user may do nothing: that is said, the API goes on, and it recovers', async () => {
    await broker.control('set_permissions', 'guest', '', '', '');
    const app = await site.start('all', { AMQP_URL: broker.url, LOG_LEVEL: 'verbose' });
    await app.says(/"level":50.*ACCESS.REFUSED/);
    await expectDegraded(app);
    await broker.control('set_permissions', 'guest', '.*', '.*', '.*');
    await expectRecovery(app);
    expect(app.output()).not.toContain('guest:guest');
  });
});
