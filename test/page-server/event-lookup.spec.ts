import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestApplication, startTestApplication } from '../support/application';
import { ERRORS, expectAnswer, heartbeat } from '../support/canopsis';
import { eventually } from '../support/eventually';
import { RememberingLogger } from '../support/log';
import { writeUsersFile } from '../support/users-file';

const MATCH = '/api/v2/heartbeat-match';
const EVENTS = '/api/v2/heartbeat-events';
const SECRET = 'correct horse battery staple';
const VICTOR = { auth: 'victor:view' };
const ALICE = { auth: 'alice:wonder' };

interface Named {
  _id: string;
  name: string;
  state: string;
}
interface Match {
  matching: Named[];
  almost: (Named & { wrong: { field: string; wanted: string; found: string | null }[] })[];
}
interface Events {
  events: { at: number; event: Record<string, unknown>; matches: number }[];
  unmatched: { connector: string; connector_name: string; count: number; last: number }[];
}

describe.each(['fastify', 'express'] as const)('events against heartbeats on %s', (framework) => {
  let directory: string;
  let app: TestApplication;
  const log = new RememberingLogger();

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'heartbeat-lookup-'));
    const env = { HEARTBEAT_USERS_FILE: await writeUsersFile(directory) };
    app = await startTestApplication({ framework, logger: log, env });
  });
  afterAll(async () => {
    await app.close();
    await rm(directory, { recursive: true, force: true });
  });

  const event = (fields: Record<string, unknown>): Record<string, unknown> => ({
    ...{ connector: 'c', connector_name: 'n', event_type: 'check', component: 'srv' },
    ...fields,
  });
  const match = async (json: unknown): Promise<Match> => {
    const answer = await app.request('POST', MATCH, { ...VICTOR, json });
    expect(answer.status).toBe(200);
    return answer.json as Match;
  };
  const recent = async (): Promise<Events> => {
    const answer = await app.request('GET', EVENTS, VICTOR);
    expect(answer.status).toBe(200);
    return answer.json as Events;
  };
  const make = async (pattern: Record<string, string>, name?: string): Promise<string> => {
    const json = heartbeat({ pattern, expected_interval: '1h', name });
    const answer = await app.request('POST', '/api/v2/heartbeat', { ...ALICE, json });
    expect(answer.status).toBe(200);
    return (answer.json as { description: string }).description;
  };

  it('finds which heartbeats an event belongs to, and which it misses by one field', async () => {
    const lille = await make({ connector: 'batch', component: 'lille' }, 'Batch of Lille');
    const lyon = await make({ connector: 'batch', component: 'lyon' });
    await make({ connector: 'other', component: 'paris' });
    const long = 'x'.repeat(5_000);
    const huge = await make({ connector: 'batch', output: long }, 'Long one');
    expect(await match(event({ connector: 'batch', component: 'lille', output: long }))).toEqual({
      matching: [
        { _id: lille, name: 'Batch of Lille', state: 'waiting' },
        { _id: huge, name: 'Long one', state: 'waiting' },
      ],
      almost: [
        {
          ...{ _id: lyon, name: 'connector: batch · component: lyon', state: 'waiting' },
          wrong: [{ field: 'component', wanted: 'lyon', found: 'lille' }],
        },
      ],
    });
    const { almost } = await match({ connector: 'batch' });
    expect(almost.find(({ _id }) => _id === lyon)?.wrong).toEqual([
      { field: 'component', wanted: 'lyon', found: null },
    ]);
    expect(await match({})).toEqual({ matching: [], almost: [] });
  });

  it('shows what came lately, the last first, and who sends what nobody waits for', async () => {
    const sent = async (fields: Record<string, unknown>): Promise<void> => {
      const answer = await app.request('POST', '/api/v2/event', { ...ALICE, json: event(fields) });
      expect(answer.json).toMatchObject({ failed_events: [], retry_events: [] });
    };
    await make({ connector: 'heard' });
    await sent({ connector: 'unknown', password: SECRET });
    await sent({ connector: 'unknown' });
    await sent({ connector: 'heard', value: 1.5 });
    await eventually(async () => (await recent()).events.length === 3);
    const { events, unmatched } = await recent();
    expect(events.map(({ event: { connector }, matches }) => [connector, matches])).toEqual([
      ['heard', 1],
      ['unknown', 0],
      ['unknown', 0],
    ]);
    expect(events[0]?.event).toEqual(event({ connector: 'heard', value: 1.5, source_type: 'component' }));
    expect(events[2]?.event).toMatchObject({ password: SECRET });
    expect(Math.abs(Date.now() / 1_000 - (events[0]?.at ?? 0))).toBeLessThan(60);
    expect(unmatched).toEqual([{ connector: 'unknown', connector_name: 'n', count: 2, last: events[1]?.at }]);
    await match(event({ password: SECRET }));
    expect(log.lines.join('\n')).not.toContain(SECRET);
  });

  it('sends nothing, and changes nothing', async () => {
    const before = (await recent()).events.length;
    const id = await make({ connector: 'tried' });
    expect((await match(event({ connector: 'tried' }))).matching).toMatchObject([{ _id: id }]);
    const state = await app.request('GET', `/api/v2/heartbeat/${id}/state`, VICTOR);
    expect(state.json).toMatchObject({ state: 'waiting', last_event: null });
    expect((await recent()).events).toHaveLength(before);
  });

  it('refuses in the format of the API', async () => {
    for (const [method, path] of [
      ['POST', MATCH],
      ['GET', EVENTS],
    ] as const) {
      expectAnswer(await app.request(method, path, { auth: null }), ERRORS.unauthenticated);
    }
    const deep = '['.repeat(200) + ']'.repeat(200);
    for (const body of ['[]', '"text"', '5', 'null', `{"a":${deep}}`]) {
      const headers = { 'Content-Type': 'application/json' };
      const { status } = await app.request('POST', MATCH, { ...VICTOR, body, headers });
      expect([body, status]).toEqual([body, 400]);
    }
    expect((await app.request('POST', MATCH, { ...VICTOR, json: [event({})] })).json).toEqual({
      name: '',
      description: 'invalid event payload.',
    });
    expect((await app.request('GET', MATCH, VICTOR)).status).toBe(405);
  });
});
