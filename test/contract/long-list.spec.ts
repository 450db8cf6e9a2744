import { request as httpRequest } from 'node:http';
import type { HttpFramework } from '../../src/http/adapters';
import { TestApplication, startTestApplication } from '../support/application';
import { HEARTBEATS, create, heartbeat } from '../support/canopsis';
import { type TestDatabase, startTestDatabase } from '../support/database';
import { eventually } from '../support/eventually';

/** More than are answered as one text, and more than one slice of the stream. */
const MANY = 2_500;
/** In milliseconds: 20 MB of old documents are completed in one, on a machine with other work in twenty and more. */
const COMPLETED_MS = 60_000;

describe.each<HttpFramework>(['fastify', 'express'])('the list of many heartbeats on %s', (framework) => {
  let app: TestApplication;
  const ids: string[] = [];
  beforeAll(async () => {
    app = await startTestApplication({ framework, env: { ROLE: 'api' } });
    for (let from = 0; from < MANY; from += 50) {
      const batch = Array.from({ length: 50 }, () => create(app, heartbeat()));
      ids.push(...(await Promise.all(batch)));
    }
  });
  afterAll(() => app.close());

  it('has each of them once, in the format of every answer', async () => {
    const answer = await app.request('GET', HEARTBEATS);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(answer.headers.get('cache-control')).toBe('private, no-cache');
    const listed = (answer.json as { _id: string; created: number }[]).map(({ _id }) => _id);
    expect(listed).toHaveLength(MANY);
    expect(new Set(listed)).toEqual(new Set(ids));
  });

  it('is the same for all who ask at once', async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => app.request('GET', HEARTBEATS)));
    for (const { text } of answers) expect(text).toBe(answers[0]?.text);
  });

  it('goes on serving where clients leave in the middle of it', async () => {
    await Promise.all(Array.from({ length: 20 }, () => leaveAtFirstByte(app.url + HEARTBEATS)));
    await eventually(async () => (await app.request('GET', HEARTBEATS)).status === 200);
  });
});

function leaveAtFirstByte(url: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(url, { auth: 'root:root', agent: false }, (response) => {
      response.once('data', () => request.destroy());
      response.on('close', resolve).on('error', () => undefined);
    });
    request.on('error', reject).end();
  });
}

describe('the list of few heartbeats that are long', () => {
  /** RequestCoalescer more than MongoDB gives in one batch, which is 16 MiB. */
  const LONG = Array.from({ length: 20 }, (_, n) => ({
    ...{ _id: `${n}`, pattern: { n: `${n}` }, expected_interval: '1h', created: 1_700_000_000 + n },
    description: 'x'.repeat(1_000_000),
  }));
  let database: TestDatabase;
  let app: TestApplication;
  beforeAll(async () => {
    database = await startTestDatabase();
    await database.heartbeats((collection) => collection.insertMany(LONG));
    app = await startTestApplication({ mongodbUri: database.uri, env: { ROLE: 'api' } });
  });
  afterAll(async () => {
    await app.close();
    await database.close();
  });

  it('is sent piece by piece, as a list of many is', async () => {
    const expected = LONG.map(({ _id, description }) => ({ _id, description })).reverse();
    // They are completed first, which may take a busy machine longer than a call waits for.
    await eventually(async () => {
      const { status, headers, json } = await app.request('GET', HEARTBEATS);
      expect(status).toBe(200);
      // An outside server may give more than 16 MiB in one batch.
      if (process.env.MONGODB_URI === undefined) expect(headers.get('transfer-encoding')).toBe('chunked');
      expect(json).toMatchObject(expected);
    }, COMPLETED_MS);
  });
});

describe('the list of few heartbeats', () => {
  let app: TestApplication;
  beforeAll(async () => (app = await startTestApplication()));
  afterAll(() => app.close());

  it('is an empty array where there are none', async () => {
    expect((await app.request('GET', HEARTBEATS)).text).toBe('[]');
  });

  it('has what was created before it was asked for, however many ask at once', async () => {
    for (let round = 0; round < 20; round += 1) {
      const asking = Array.from({ length: 10 }, () => app.request('GET', HEARTBEATS));
      const id = await create(app, heartbeat());
      const after = await app.request('GET', HEARTBEATS);
      expect((after.json as { _id: string }[]).map(({ _id }) => _id)).toContain(id);
      await Promise.all(asking);
    }
  });
});
