import type { HttpFramework } from '../../src/http/adapters';
import { type Answer, startTestApplication, type TestApplication } from '../support/application';
import { HEARTBEATS } from '../support/canopsis';
import { KeepingLogger } from '../support/log';

const V4 = '/api/v4/heartbeats';
const EVENTS = ['/api/v2/event', '/api/v4/event'];
const event = { connector: 'c', connector_name: 'n', event_type: 'check', component: 'x' };
const text = { 'Content-Type': 'text/plain' };
const json = { 'Content-Type': 'application/json' };

describe.each<HttpFramework>(['fastify', 'express'])('on %s', (framework) => {
  let app: TestApplication;
  const debugged: string[] = [];
  const logger = Object.assign(new KeepingLogger(), {
    debug: (line: unknown) => typeof line === 'string' && debugged.push(line),
  });

  beforeAll(async () => {
    app = await startTestApplication({ framework, logger, env: { LOG_LEVEL: 'debug' } });
  });
  afterAll(() => app.close());
  beforeEach(() => void debugged.splice(0));

  const problem = (answer: Answer): string | null => answer.headers.get('Problem');
  // Others of the application may say something at any time, so the last line may be theirs.
  const lastTold = (kind: RegExp): string | undefined => debugged.filter((line) => kind.test(line)).at(-1);
  const location = (answer: Answer): string | null => answer.headers.get('Location');

  describe('why a payload is invalid', () => {
    it.each<[string, object, RegExp]>([
      ['no object', { json: [] }, /^the body must be an object$/],
      ['another type', { body: '{}', headers: text }, /^Content-Type must be application\/json$/],
      ['no pattern', { json: { expected_interval: '1s' } }, /^pattern must be an object$/],
      [
        'an empty pattern',
        { json: { pattern: {}, expected_interval: '1s' } },
        /^pattern must have at least one/,
      ],
      [
        'a number in a pattern',
        { json: { pattern: { 'ü"': 3 } } },
        /^pattern key "\\u00fc\\"" must have a text$/,
      ],
      [
        'a dot in a key',
        { json: { pattern: { a: 'b', 'c.d': 'e' } } },
        /^pattern key "c\.d" must not be empty/,
      ],
      ['a long key', { json: { pattern: { ['$'.repeat(5_000)]: '' } } }, /^pattern key "\${60}" must not/],
      [
        'a long pattern',
        { json: { pattern: { a: 'x'.repeat(70_000) } } },
        /^pattern must have at most 65536 bytes/,
      ],
      ['no interval', { json: { pattern: { a: 'b' } } }, /^expected_interval must be a whole number above 0/],
      [
        'an interval of 0',
        { json: { pattern: { a: 'b' }, expected_interval: '0s' } },
        /^expected_interval must/,
      ],
      [
        'a number as name',
        { json: { pattern: { a: 'b' }, expected_interval: '1s', name: 3 } },
        /^name must be a text$/,
      ],
      ['no JSON', { body: '{', headers: json }, /^the body must be JSON$/],
      ['no UTF-8', { body: Buffer.from([0xff]), headers: json }, /^the body must be UTF-8$/],
    ])('is told of a heartbeat: %s', async (_what, options, expected) => {
      for (const [method, path] of [
        ['POST', HEARTBEATS],
        ['PUT', `${HEARTBEATS}/unknown`],
      ] as const) {
        const answer = await app.request(method, path, options);
        expect(answer.status).toBe(400);
        expect(answer.json).toEqual({ name: '', description: expect.stringMatching(/^invalid /) as string });
        expect(problem(answer)).toMatch(expected);
        expect(problem(answer)).toMatch(/^[ -~]{1,200}$/);
        expect(lastTold(/^refused with 400 in request \S+: /)).toContain(problem(answer));
      }
    });

    it.each<[string, object, object, RegExp]>([
      ['no object', { json: [] }, { error: 'request has invalid structure' }, /^the body must be an object$/],
      [
        'a number',
        { json: { name: 5 } },
        { error: 'request has invalid structure' },
        /^name must be a text$/,
      ],
      [
        'an interval of another type',
        { json: { expected_interval: 10 } },
        { error: 'request has invalid structure' },
        /^expected_interval must be a text/,
      ],
      [
        'no JSON',
        { body: '{', headers: json },
        { error: 'request has invalid structure' },
        /^the body must be JSON$/,
      ],
      [
        'fields',
        { json: { name: 'n', description: 'd', author: 'a', expected_interval: '1s' } },
        { errors: { pattern: 'Pattern is missing.' } },
        /^pattern: Pattern is missing\.$/,
      ],
    ])('is told in version 4: %s', async (_what, options, body, expected) => {
      const answer = await app.request('POST', V4, options);
      expect([answer.status, answer.json]).toEqual([400, body]);
      expect(problem(answer)).toMatch(expected);
      expect(lastTold(/^refused with 400 /)).toContain(problem(answer));
    });

    it('names the item of a bulk', async () => {
      const answer = await app.request('POST', '/api/v4/bulk/heartbeats', { json: [{}, { output: [] }] });
      expect(problem(answer)).toBe('item 1: output must be a text');
    });

    it.each(EVENTS)('is told of events in %s, with those that failed as well', async (path) => {
      const whole = await app.request('POST', path, { json: 3 });
      expect(whole.status).toBe(400);
      expect(problem(whole)).toBe('the body must be an object or an array of objects');

      const { event_type, ...bad } = event;
      const one = await app.request('POST', path, { json: bad });
      expect(one.json).toEqual({ sent_events: [], retry_events: [], failed_events: [bad] });
      expect(problem(one)).toBe('event_type must be a non-empty string');
      expect(lastTold(/^An event failed: /)).toBe('An event failed: event_type must be a non-empty string');

      const many = await app.request('POST', path, { json: [{ ...event, event_type }, 7, bad, bad] });
      expect(problem(many)).toBe('event 1: an event must be an object');
      expect(debugged).toContain('2 events failed: event_type must be a non-empty string');

      expect(problem(await app.request('POST', path, { json: event }))).toBeNull();
    });

    it('tells nothing of what was sent to log in', async () => {
      const answer = await app.request('POST', '/api/v2/heartbeat-session', {
        json: { name: 'n', password: 3 },
      });
      expect(answer.status).toBe(400);
      expect(problem(answer)).toMatch(/^name and password must be texts/);
    });
  });

  describe('where a heartbeat is', () => {
    it('is told when it is created, replaced, or there already', async () => {
      const json = { pattern: { where: 'v2' }, expected_interval: '1h' };
      const created = await app.request('POST', `${HEARTBEATS}/?x=1`, { json });
      const { description: id } = created.json as { description: string };
      const path = `${HEARTBEATS}/${id}`;
      expect(location(created)).toBe(path);
      expect((await app.request('GET', path)).status).toBe(200);
      expect(location(await app.request('PUT', `${path}/`, { json }))).toBe(path);

      const again = await app.request('POST', HEARTBEATS, { json });
      expect(again.json).toEqual({ name: '', description: 'heartbeat pattern already exists' });
      expect([again.status, location(again)]).toEqual([400, path]);

      const other = { pattern: { where: 'other' }, expected_interval: '1h' };
      const second = location(await app.request('POST', HEARTBEATS, { json: other })) ?? '';
      const onto = await app.request('PUT', second, { json });
      expect([onto.status, location(onto)]).toEqual([400, path]);

      expect(location(await app.request('GET', path))).toBeNull();
      expect(location(await app.request('POST', HEARTBEATS, { json: {} }))).toBeNull();
    });

    it('is told by version 4 as well, whatever the id', async () => {
      const json = {
        ...{ _id: 'a/b ü?', name: 'n', description: 'd', author: 'a' },
        ...{ pattern: { where: 'v4' }, expected_interval: '1h' },
      };
      const created = await app.request('POST', V4, { json });
      const path = `${V4}/${encodeURIComponent(json._id)}`;
      expect([created.status, location(created)]).toEqual([201, path]);
      expect((await app.request('GET', path)).json).toEqual(created.json);
      expect(location(await app.request('PUT', path, { json }))).toBe(path);
      const again = await app.request('POST', V4, { json: { ...json, _id: null, name: 'another' } });
      expect(again.json).toEqual({ errors: { pattern: 'Pattern already exists' } });
      expect(location(again)).toBe(path);
      const fromV2 = await app.request('POST', HEARTBEATS, { json });
      expect(location(fromV2)).toBe(`${HEARTBEATS}/${encodeURIComponent(json._id)}`);
    });
  });
});
