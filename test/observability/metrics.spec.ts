import { createServer } from 'node:http';
import type { HttpFramework } from '../../src/http/adapters';
import { readSettings } from '../../src/settings/settings';
import { startStandalone } from '../../src/app/standalone';
import { type RawAnswer, callOverHttp } from '../../src/testing/http-call';
import { type TestApplication, startTestApplication } from '../support/application';
import { ERRORS, HEARTBEATS, create, expectAnswer, heartbeat } from '../support/canopsis';
import { makeDirectory, removeDirectory } from '../support/directory';
import { eventually } from '../support/eventually';
import { ROOT, exchange, request } from '../support/raw-http';
import { type Scrape, readMetrics } from './scrape';

/** `app.request` would take the text for JSON. */
const metricsOf = (
  app: TestApplication,
  auth: string | null = 'root:root',
  path = '/metrics',
): Promise<RawAnswer> => callOverHttp(app.url + path, 'GET', auth);

const EVENT = { connector: 'c1', connector_name: 'n1', event_type: 'check', component: 'x' };
const HTTP = 'heartbeat_http_request_duration_seconds_count';

describe.each<HttpFramework>(['fastify', 'express'])('the metrics on %s', (framework) => {
  let app: TestApplication;

  beforeAll(async () => {
    app = await startTestApplication({ framework });
  });
  afterAll(() => app.close());

  const scrape = async (): Promise<Scrape> => readMetrics((await metricsOf(app)).text);
  /** Resolves once a metric has this value: the counts of states are up to 5 s old. */
  const shows = (name: string, value: number): Promise<void> =>
    eventually(async () => (await scrape()).get(name) === value);

  it('are text for Prometheus, not to be cached', async () => {
    const { status, headers } = await metricsOf(app);
    expect(status).toBe(200);
    const type = headers.get('content-type')?.split('; ').sort();
    expect(type).toEqual(['charset=utf-8', 'text/plain', 'version=0.0.4']);
    expect(headers.get('cache-control')).toBe('private, no-cache');
    expect((await callOverHttp(`${app.url}/metrics`, 'HEAD', 'root:root')).status).toBe(200);
  });

  it('count heartbeats by state, events, alarms and the time to find silence', async () => {
    await create(app, heartbeat({ pattern: { connector: 'c1' }, expected_interval: '1h' }));
    await create(app, heartbeat({ pattern: { connector: 'silent' }, expected_interval: '1s' }));
    const json = [EVENT, { ...EVENT, connector: 'of nobody' }, { no: 'event' }, 3];
    expect((await app.request('POST', '/api/v2/event', { json })).status).toBe(200);
    await shows('heartbeat_heartbeats{state="up"}', 1);
    await shows('heartbeat_heartbeats{state="down"}', 1);
    const before = await scrape();
    expect(before.get('heartbeat_events_received_total')).toBe(2);
    expect(before.get('heartbeat_events_matched_total')).toBe(1);
    expect(before.get('heartbeat_events_poisoned_total{reason="failed"}')).toBe(2);
    expect(before.get('heartbeat_match_seconds_count')).toBe(1);
    expect(before.get('heartbeat_flush_size_sum')).toBe(1);
    expect(before.get('heartbeat_flush_seconds_count')).toBe(1);
    expect(before.get('heartbeat_detection_delay_seconds_count')).toBe(1);
    expect(before.get('heartbeat_detection_delay_seconds_sum')).toBeGreaterThanOrEqual(0.4);
    expect(before.get('heartbeat_alarms_total{outcome="sent"}')).toBe(1);
    expect(before.get('heartbeat_alarms_total{outcome="failed"}')).toBe(0);
    expect(before.get('heartbeat_outbox_depth')).toBe(0);

    await app.request('POST', '/api/v2/event', { json: { ...EVENT, connector: 'silent' } });
    await shows('heartbeat_alarms_total{outcome="sent"}', 2);
  });

  it('say that it hears, that the database answers, and nothing of a broker that is not configured', async () => {
    await shows('heartbeat_blind', 0);
    const found = await scrape();
    // Where the start was quick there was no blindness; that it is counted is shown where it lasts.
    expect(found.get('heartbeat_blind_seconds_total')).toBeGreaterThanOrEqual(0);
    expect(found.get('heartbeat_database_up')).toBe(1);
    expect(found.get('heartbeat_broker_up')).toBeUndefined();
    expect(found.get('process_resident_memory_bytes')).toBeGreaterThan(0);
  });

  it('say nothing of the event loop where nothing was measured since the last scrape', async () => {
    // Those that come together leave each other no time to measure.
    for (const { text } of await Promise.all(Array.from({ length: 20 }, () => metricsOf(app)))) {
      const lags = [...readMetrics(text)].filter(([name]) => name.startsWith('nodejs_eventloop_lag'));
      expect(lags.filter(([, value]) => !(value < 1_000))).toEqual([]);
    }
  });

  it('count requests by method, route and status', async () => {
    await app.request('GET', `${HEARTBEATS}/nobody`);
    await app.request('PUT', `${HEARTBEATS}/nobody`, { json: {} });
    await app.request('PATCH', HEARTBEATS);
    await app.request('GET', HEARTBEATS, { auth: null });
    await app.request('GET', '/health/live', { auth: null });
    await exchange(app.url, request('GET /%', [ROOT]));
    await exchange(app.url, request('CONNECT host:443', [ROOT]));
    const of = (method: string, route: string, status: number): string =>
      `${HTTP}{method="${method}",route="${route}",status="${status}"}`;
    await shows(of('other', 'unknown', 400), 1);
    const found = await scrape();
    for (const name of [
      of('GET', `${HEARTBEATS}/:id`, 404),
      of('PUT', `${HEARTBEATS}/:id`, 400),
      of('PATCH', HEARTBEATS, 405),
      of('GET', HEARTBEATS, 401),
      of('GET', '/health/live', 200),
      of('GET', 'unknown', 400),
    ]) {
      expect([name, found.get(name)]).toEqual([name, 1]);
    }
  });

  it('stay as few as they are, whatever clients send', async () => {
    const send = async (round: number): Promise<void> => {
      for (let n = 0; n < 20; n += 1) {
        const word = `${round}-${n}"\n{}`;
        const path = encodeURIComponent(word);
        await app.request('GET', `/${path}/${path}`);
        await app.request('GET', `${HEARTBEATS}/${path}?${path}`, { headers: { 'X-Request-Id': `r${n}` } });
        await app.request('POST', HEARTBEATS, { json: heartbeat({ pattern: { [word]: word } }) });
      }
      for (const method of ['PROPFIND', 'MKCOL', 'LOCK', 'REPORT', 'PURGE']) {
        await exchange(app.url, request(`${method} /${round}`, [ROOT]));
      }
    };
    const series = async (): Promise<string[]> =>
      [...(await scrape()).keys()].filter((name) => name.startsWith('heartbeat_')).sort();
    await send(1);
    await shows(`${HTTP}{method="other",route="unknown",status="404"}`, 5);
    const before = await series();
    await send(2);
    await shows(`${HTTP}{method="other",route="unknown",status="404"}`, 10);
    expect(await series()).toEqual(before);
  });

  it('are for users of the API, by GET and HEAD', async () => {
    expectAnswer(await app.request('GET', '/metrics', { auth: null }), ERRORS.unauthenticated);
    const answer = await app.request('POST', '/metrics', { json: {} });
    expectAnswer(answer, ERRORS.otherMethod);
    expect(answer.headers.get('allow')).toBe('GET, HEAD');
    expectAnswer(await app.request('GET', '/metrics/more'), ERRORS.unknownRoute);
  });

  it('are opened by their own credentials alone, where there are some', async () => {
    const own = await startTestApplication({ framework, env: { METRICS_CREDENTIALS: 'prometheus:se:cret' } });
    const status = async (auth: string | null, path = '/metrics'): Promise<number> =>
      (await metricsOf(own, auth, path)).status;
    expect(await status('prometheus:se:cret')).toBe(200);
    for (const auth of ['root:root', 'prometheus:wrong', 'other:se:cret', null]) {
      for (const path of ['/metrics', '/metrics/']) expect(await status(auth, path)).toBe(401);
      // The same path for Fastify, and none for Express.
      expect(await status(auth, '/%6Detrics')).toBe(
        framework === 'express' && auth === 'root:root' ? 404 : 401,
      );
    }
    expect(await status('prometheus:se:cret', HEARTBEATS)).toBe(401);
    expect(await status('root:root', HEARTBEATS)).toBe(200);
    const whole = request(`GET http://host/metrics`, [ROOT]);
    expect((await exchange(own.url, whole)).answers.map((answer) => answer.status)).toEqual([401]);
    await own.close();
  });
});

describe('the metrics', () => {
  let dataDir: string;
  beforeEach(async () => {
    dataDir = await makeDirectory();
  });
  afterEach(() => removeDirectory(dataDir));

  const start = (env: Record<string, string>): ReturnType<typeof startStandalone> =>
    startStandalone(
      readSettings({ PORT: '0', DATA_DIR: dataDir, ...env }),
      { log: () => undefined, warn: () => undefined, error: () => undefined },
      {},
    );

  it('may have a port of their own, open to all, in the format of the API', async () => {
    const app = await start({ METRICS_PORT: '0', ROLE: 'engine' });
    const { origin } = new URL(app.metricsUrl);
    expect(origin).not.toBe(app.url);
    expect((await (await fetch(app.metricsUrl)).text()).includes('heartbeat_blind')).toBe(true);
    expect((await fetch(app.metricsUrl, { method: 'HEAD' })).status).toBe(200);
    const answerTo = async (method: string, path: string): Promise<unknown[]> => {
      const answer = await fetch(origin + path, { method });
      return [answer.status, await answer.json()];
    };
    expect(await answerTo('GET', '/api/v2/heartbeat')).toEqual([...ERRORS.unknownRoute]);
    expect(await answerTo('GET', '/')).toEqual([...ERRORS.unknownRoute]);
    expect(await answerTo('POST', '/metrics')).toEqual([...ERRORS.otherMethod]);
    expect(await answerTo('GET', '/%')).toEqual([...ERRORS.invalidUrl]);
    const { answers } = await exchange(origin, 'garbage\r\n\r\n');
    for (const answer of answers) expectAnswer(answer, [400, { name: '', description: 'bad request.' }]);
    await app.close();
    await expect(fetch(app.metricsUrl)).rejects.toThrow();
  });

  it('on a port of their own ask for credentials where there are some', async () => {
    const app = await start({ METRICS_PORT: '0', METRICS_CREDENTIALS: 'p:w' });
    const basic = (text: string): Record<string, string> => ({
      Authorization: `Basic ${Buffer.from(text).toString('base64')}`,
    });
    expect((await fetch(app.metricsUrl, { headers: basic('p:w') })).status).toBe(200);
    expect((await fetch(app.metricsUrl, { headers: basic('root:root') })).status).toBe(401);
    expect((await fetch(app.metricsUrl)).headers.get('www-authenticate')).toContain('Basic');
    expect((await fetch(`${app.url}/metrics`, { headers: basic('root:root') })).status).toBe(404);
    await app.close();
  });

  it('say which setting is wrong where their port is taken', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => taken.once('listening', resolve));
    const { port } = taken.address() as { port: number };
    await expect(start({ METRICS_PORT: String(port) })).rejects.toThrow(
      new RegExp(`METRICS_PORT ${port} on METRICS_HOST .* cannot be listened on: .*EADDRINUSE`),
    );
    await new Promise((resolve) => taken.close(resolve));
  });

  it('of a process that does not watch say nothing of blindness', async () => {
    const app = await start({ METRICS_PORT: '0', ROLE: 'api' });
    const found = readMetrics(await (await fetch(app.metricsUrl)).text());
    expect(found.get('heartbeat_blind')).toBeUndefined();
    expect(found.get('heartbeat_blind_seconds_total')).toBeUndefined();
    expect(found.get('heartbeat_database_up')).toBe(1);
    await app.close();
  });

  it('answer while the database and the broker are away', async () => {
    const env = { METRICS_PORT: '0', MONGODB_URI: 'mongodb://127.0.0.1:9/', AMQP_URL: 'amqp://127.0.0.1:9' };
    const app = await start(env);
    const found = readMetrics(await (await fetch(app.metricsUrl)).text());
    expect(found.get('heartbeat_database_up')).toBe(0);
    expect(found.get('heartbeat_broker_up')).toBe(0);
    expect([...found.keys()].filter((name) => /^heartbeat_(heartbeats|outbox)/.test(name))).toEqual([]);
    const blindSeconds = async (): Promise<number> =>
      readMetrics(await (await fetch(app.metricsUrl)).text()).get('heartbeat_blind_seconds_total') ?? 0;
    await eventually(async () => (await blindSeconds()) > 0);
    const before = await blindSeconds();
    await eventually(async () => (await blindSeconds()) > before);
    await app.close();
  });

  it('count the attempts that fail, and what waits', async () => {
    const env = { METRICS_PORT: '0', ALARM_WEBHOOK_URL: 'http://127.0.0.1:9/' };
    const app = await start(env);
    const headers = {
      Authorization: ROOT.slice('Authorization: '.length),
      'Content-Type': 'application/json',
    };
    const body = JSON.stringify(heartbeat({ expected_interval: '1s' }));
    await fetch(app.url + HEARTBEATS, { method: 'POST', headers, body });
    const scrape = async (): Promise<Scrape> => readMetrics(await (await fetch(app.metricsUrl)).text());
    await eventually(async () => ((await scrape()).get('heartbeat_alarms_total{outcome="failed"}') ?? 0) > 0);
    await eventually(async () => (await scrape()).get('heartbeat_outbox_depth') === 1);
    await app.close();
  });

  it('of two applications in one process never meet', async () => {
    const first = await start({ METRICS_PORT: '0' });
    const otherDir = await makeDirectory();
    const second = await start({ METRICS_PORT: '0', DATA_DIR: otherDir });
    await fetch(`${first.url}/health/live`);
    const live = `${HTTP}{method="GET",route="/health/live",status="200"}`;
    const of = async (app: { metricsUrl: string }): Promise<number | undefined> =>
      readMetrics(await (await fetch(app.metricsUrl)).text()).get(live);
    await eventually(async () => expect(await of(first)).toBe(1));
    expect(await of(second)).toBeUndefined();
    await Promise.all([first.close(), second.close()]);
    await removeDirectory(otherDir);
  });
});
