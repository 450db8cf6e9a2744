import type { INestApplication, INestApplicationContext } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { applyCanopsisFormat } from 'canopsis-heartbeat';
import { OperationsModule } from '../src/operations.module';
import { WatcherModule } from '../../watcher/src/watcher.module';
import { type Database, startDatabase } from './database';

const KEY = { 'x-api-key': 'company-key' };
const ANNE = { authorization: `Basic ${Buffer.from('anne:anne-secret').toString('base64')}` };
const JSON_TYPE = { 'content-type': 'application/json' };

describe('the operations application, and the watcher, on one database', () => {
  let database: Database;
  let operations: INestApplication;
  let watcher: INestApplicationContext;
  const alarms: { resource: string; state: number }[] = [];

  beforeAll(async () => {
    database = await startDatabase();
    const imports = [OperationsModule.on(database.uri)];
    operations = (await Test.createTestingModule({ imports }).compile()).createNestApplication();
    applyCanopsisFormat(operations);
    await operations.listen(0, '127.0.0.1');
    const deliver = ({ body }: { body: string }): Promise<void> => {
      alarms.push(JSON.parse(body) as (typeof alarms)[number]);
      return Promise.resolve();
    };
    const sink = { parallel: 1, deliver };
    const watching = WatcherModule.on(database.uri, { alarms: sink });
    watcher = await (await Test.createTestingModule({ imports: [watching] }).compile()).init();
  });
  afterAll(async () => {
    await watcher?.close();
    await operations?.close();
    await database?.stop();
  });

  async function call(
    method: string,
    path: string,
    headers: Record<string, string>,
    body?: string,
  ): Promise<{ status: number; type: string | null; json: Record<string, unknown> }> {
    const response = await fetch((await operations.getUrl()) + path, { method, headers, body });
    const json = (await response.json()) as Record<string, unknown>;
    return { status: response.status, type: response.headers.get('content-type'), json };
  }

  it('serves its own routes, behind its own guard', async () => {
    expect(await call('GET', '/teams/anne', KEY)).toMatchObject({ status: 200, json: { team: 'network' } });
    expect(await call('GET', '/teams/anne', {})).toMatchObject({ status: 403 });
  });

  it('answers errors of its own routes in its own format', async () => {
    expect(await call('GET', '/teams/nobody', KEY)).toEqual({
      status: 404,
      type: 'application/problem+json; charset=utf-8',
      json: { title: 'no user nobody', status: 404 },
    });
  });

  it.each([
    ['without credentials', {}, '{}', 401, 'authentication required.'],
    ['with a broken body', ANNE, '{', 400, 'invalid json.'],
    ['with what is no heartbeat', ANNE, '{}', 400, 'invalid heartbeat payload.'],
  ])(
    'answers a request for heartbeats %s in the Canopsis format',
    async (_what, auth, body, status, description) => {
      const answer = await call('POST', '/api/v2/heartbeat', { ...auth, ...JSON_TYPE }, body);
      expect(answer).toMatchObject({ status, json: { name: '', description } });
    },
  );

  it('lets its users keep heartbeats, which the watcher watches', async () => {
    const heartbeat = JSON.stringify({ pattern: { connector: 'c1' }, expected_interval: '1s' });
    const created = await call('POST', '/api/v2/heartbeat', { ...ANNE, ...JSON_TYPE }, heartbeat);
    expect(created).toMatchObject({ status: 200, json: { name: 'heartbeat created' } });
    while (alarms.length === 0) await new Promise((resolve) => setTimeout(resolve, 50));
    expect(alarms[0]).toMatchObject({ resource: 'connector:c1', state: 3 });
    const path = `/api/v2/heartbeat/${String(created.json.description)}/state`;
    expect(await call('GET', path, ANNE)).toMatchObject({ status: 200, json: { state: 'down' } });
  });
});
