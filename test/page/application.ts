import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HEARTBEATS } from '../support/canopsis';
import { send } from '../support/application';
import { type TestProcess, startProcess } from '../support/processes';

/** A whole application as it is built, with its page, on a free port and a database of its own. */
export interface PageApplication {
  readonly url: string;
  /** Creates a heartbeat and returns its id. */
  create(name: string, fields?: Record<string, unknown>): Promise<string>;
  /** Sends an event that a heartbeat of this name counts. */
  beat(name: string, fields?: Record<string, unknown>): Promise<void>;
  /** Deletes a heartbeat. */
  remove(id: string): Promise<void>;
  /** Stops it and removes what it stored. */
  close(): Promise<void>;
}

/** The same as `dist/main.js` does, on the other framework. */
const ON_EXPRESS = `
  const { ConsoleLogger } = require('@nestjs/common');
  const { readSettings } = require('./dist/settings/settings');
  const { startStandalone } = require('./dist/app/standalone');
  startStandalone(readSettings(process.env), new ConsoleLogger(), { framework: 'express' })
    .then(({ url, close }) => {
      process.on('SIGTERM', () => void close().then(() => process.exit()));
      console.log('answers at ' + url);
    });
`;

/** How the application is started: as `npm start` does, or otherwise. */
const PROGRAMS = { fastify: ['dist/main.js'], express: ['-e', ON_EXPRESS], host: ['test/page/host.cjs'] };

/**
 * @param env further settings
 * @param auth who creates, sends and deletes
 */
export async function startPageApplication(
  program: keyof typeof PROGRAMS = 'fastify',
  env: Record<string, string> = {},
  auth = 'root:root',
): Promise<PageApplication> {
  const dataDir = await mkdtemp(join(tmpdir(), 'heartbeat-page-'));
  const settings = { PORT: '0', DATA_DIR: dataDir, LOGIN_FAILURES: '0', ...env };
  const child: TestProcess = startProcess(process.execPath, PROGRAMS[program], settings);
  const [, url = ''] = await child.says(/answers at (http:\S+)/);
  return {
    url,
    create: (name, fields) => create(url, auth, name, fields),
    beat: (name, fields) => beat(url, auth, name, fields),
    remove: (id) => remove(url, auth, id),
    async close() {
      await child.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

async function create(
  url: string,
  auth: string,
  name: string,
  fields: Record<string, unknown> = {},
): Promise<string> {
  const json = { name, pattern: { connector: 'test', component: name }, expected_interval: '1h', ...fields };
  const answer = await send(url, 'POST', HEARTBEATS, { auth, json });
  expect(`${answer.status} ${answer.text}`).toMatch(/^200 /);
  return (answer.json as { description: string }).description;
}

async function beat(
  url: string,
  auth: string,
  name: string,
  fields: Record<string, unknown> = {},
): Promise<void> {
  const event = {
    connector: 'test',
    connector_name: 'test',
    event_type: 'check',
    component: name,
    ...fields,
  };
  const answer = await send(url, 'POST', '/api/v2/event', { auth, json: event });
  expect(answer.json).toMatchObject({ sent_events: [{ component: name }] });
}

async function remove(url: string, auth: string, id: string): Promise<void> {
  expect(await send(url, 'DELETE', `${HEARTBEATS}/${id}`, { auth })).toMatchObject({ status: 200 });
}
