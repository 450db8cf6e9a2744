import type { LoggerService } from '@nestjs/common';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readSettings } from '../../src/settings/settings';
import { startStandalone } from '../../src/app/standalone';
import { type TestApplication, startTestApplication } from '../support/application';
import { ERRORS, HEARTBEATS, expectAnswer } from '../support/canopsis';
import { eventually } from '../support/eventually';
import { describeWith } from '../events/broker';

const EVENT = { connector: 'c1', connector_name: 'n1', event_type: 'check', component: 'x' };
/** A port that nobody listens on. */
const NOWHERE = 'amqp://guest:hunter2@127.0.0.1:9';

async function withRole(
  role: string,
  work: (app: TestApplication) => Promise<void>,
  env: Record<string, string> = {},
): Promise<void> {
  const app = await startTestApplication({ env: { ROLE: role, ...env } });
  try {
    await work(app);
  } finally {
    await app.close();
  }
}

describe('a process whose ROLE is', () => {
  it.each(['all', 'api'])('%s serves the API', (role) =>
    withRole(role, async (app) => {
      // A busy database may take longer to make its indexes than a call waits for.
      await eventually(async () => expectAnswer(await app.request('GET', HEARTBEATS), [200, []]));
      expectAnswer(await app.request('GET', `${HEARTBEATS}-state`), [200, []]);
      expectAnswer(await app.request('POST', '/api/v2/event', { json: [] }), [
        200,
        { sent_events: [], retry_events: [], failed_events: [] },
      ]);
      expectAnswer(await app.request('GET', '/health/ready'), [200, { status: 'ok' }]);
    }),
  );

  it('engine serves the health checks, and without users lets nobody in', () =>
    withRole('engine', async (app) => {
      expectAnswer(await app.request('GET', HEARTBEATS), ERRORS.unauthenticated);
      for (const path of ['/health/live', '/health/ready']) {
        expectAnswer(await app.request('GET', path, { auth: null }), [200, { status: 'ok' }]);
      }
    }));

  it('engine has no route for those with credentials either', () =>
    withRole(
      'engine',
      async (app) => {
        for (const path of [HEARTBEATS, `${HEARTBEATS}/any/state`, `${HEARTBEATS}-state`]) {
          expectAnswer(await app.request('GET', path), ERRORS.unknownRoute);
        }
        expectAnswer(await app.request('POST', '/api/v2/event', { json: EVENT }), ERRORS.unknownRoute);
      },
      { HEARTBEAT_USERS: 'root:root' },
    ));

  it('api gives events back to be sent again where no broker could take them to an engine', () =>
    withRole('api', async (app) => {
      const event = { ...EVENT, source_type: 'component' };
      expectAnswer(await app.request('POST', '/api/v2/event', { json: EVENT }), [
        200,
        { sent_events: [], retry_events: [event], failed_events: [] },
      ]);
    }));
});

describe('the log at the start', () => {
  let dataDir: string;
  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'heartbeat-test-'));
  });
  afterEach(() => rm(dataDir, { recursive: true, force: true }));

  /** All that is logged until something is, or nothing is waited for. */
  async function logged(env: Record<string, string>, awaited = ''): Promise<string> {
    const lines: string[] = [];
    const take = (line: unknown): void => void lines.push(String(line));
    const logger: LoggerService = { log: take, warn: take, error: take };
    const application = await startStandalone(readSettings({ PORT: '0', DATA_DIR: dataDir, ...env }), logger);
    await eventually(() => lines.join('\n').includes(awaited));
    await application.close();
    return lines.join('\n');
  }

  it.each(['api', 'engine'])('warns of the ROLE %s without a broker', async (role) => {
    expect(await logged({ ROLE: role })).toContain(`ROLE=${role} without AMQP_URL: no `);
  });

  it('warns of no role where there is one process, or a broker', async () => {
    expect(await logged({})).not.toContain('ROLE=');
    expect(await logged({ ROLE: 'api', AMQP_URL: NOWHERE })).not.toContain('ROLE=');
  });

  it('never shows the password of the broker', async () => {
    expect(await logged({ AMQP_URL: NOWHERE }, 'ECONNREFUSED')).not.toContain('hunter2');
  });
});

describe('readiness', () => {
  it('is degraded while the broker is away, and the API goes on', () =>
    withRole(
      'all',
      async (app) => {
        expectAnswer(await app.request('GET', '/health/ready', { auth: null }), [
          200,
          { status: 'degraded' },
        ]);
        expectAnswer(await app.request('GET', '/health/live', { auth: null }), [200, { status: 'ok' }]);
        expectAnswer(await app.request('GET', HEARTBEATS), [200, []]);
      },
      { AMQP_URL: NOWHERE },
    ));

  it.each<Record<string, string>>([{}, { AMQP_URL: NOWHERE }])(
    'is not given while the database is away, with the settings %j',
    async (env) => {
      const app = await startTestApplication({ mongodbUri: 'mongodb://127.0.0.1:9/', env });
      try {
        const notReady = [503, { name: '', description: 'not ready.' }] as const;
        expectAnswer(await app.request('GET', '/health/ready', { auth: null }), notReady);
        expectAnswer(await app.request('GET', '/health/live', { auth: null }), [200, { status: 'ok' }]);
      } finally {
        await app.close();
      }
    },
  );
});

describeWith('AMQP_URL', 'readiness with a broker', (url) => {
  it('is given once the broker is connected', () =>
    withRole(
      'api',
      async (app) => {
        const answer = (): ReturnType<TestApplication['request']> =>
          app.request('GET', '/health/ready', { auth: null });
        await eventually(async () => (await answer()).text !== '{"status":"degraded"}');
        expectAnswer(await answer(), [200, { status: 'ok' }]);
      },
      { AMQP_URL: url },
    ));
});
