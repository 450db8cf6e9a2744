import { type RawAnswer, callOverHttp } from '../../src/testing/http-call';
import { type TestApplication, startTestApplication } from '../support/application';
import { HEARTBEATS, create, heartbeat } from '../support/canopsis';
import { eventually } from '../support/eventually';
import { describedIn, readMetrics } from './scrape';

const SERIES = [
  'heartbeat_state',
  'heartbeat_last_event_timestamp_seconds',
  'heartbeat_deadline_timestamp_seconds',
  'heartbeat_heartbeats_without_series',
];
const EVENT = { connector: 'c0', connector_name: 'n1', event_type: 'check', component: 'x' };

describe('series of each heartbeat', () => {
  let app: TestApplication;
  const scrape = (): Promise<RawAnswer> => callOverHttp(`${app.url}/metrics`, 'GET', 'root:root');

  afterEach(() => app.close());

  it('are not there unless they are asked for', async () => {
    app = await startTestApplication();
    await create(app, heartbeat({ expected_interval: '1h' }));
    const described = describedIn((await scrape()).text);
    expect(described).toContain('heartbeat_heartbeats');
    expect(SERIES.filter((name) => described.includes(name))).toEqual([]);
  });

  it('are those of the first by id, with id and name alone, and tell how many have none', async () => {
    app = await startTestApplication({ env: { METRICS_HEARTBEATS: '2' } });
    const name = 'Nacht "1"\n\\ {x="y"}';
    const made: string[] = [];
    for (const at of [0, 1, 2]) {
      const pattern = { connector: `c${at}`, component: 's3cret' };
      made.push(await create(app, heartbeat({ name: `${name} ${at}`, pattern, expected_interval: '1h' })));
    }
    const [first, second, third] = made.toSorted();
    const labels = (id = ''): string => {
      const shown = `${name} ${made.indexOf(id)}`
        .replaceAll('\\', '\\\\')
        .replaceAll('"', '\\"')
        .replaceAll('\n', '\\n');
      return `heartbeat="${id}",name="${shown}"`;
    };
    const states = async (): Promise<string[]> =>
      [...readMetrics((await scrape()).text)]
        .filter(([series, value]) => series.startsWith('heartbeat_state{') && value === 1)
        .map(([series]) => series)
        .sort();
    // Answers are good for 5 s.
    const show = (...expected: string[]): Promise<void> =>
      eventually(async () =>
        expect(await states()).toEqual(expected.map((one) => `heartbeat_state{${one}}`)),
      );
    await show(`${labels(first)},state="waiting"`, `${labels(second)},state="waiting"`);
    const json = [0, 1, 2].map((at) => ({ ...EVENT, connector: `c${at}`, component: 's3cret' }));
    await app.request('POST', '/api/v2/event', { json });
    await app.request('PUT', `${HEARTBEATS}/${second}/pause`, { json: {} });
    await show(`${labels(first)},state="up"`, `${labels(second)},state="paused"`);
    const { text } = await scrape();
    const found = readMetrics(text);
    expect(found.get('heartbeat_heartbeats_without_series')).toBe(1);
    const told = (await app.request('GET', `${HEARTBEATS}/${first}/state`)).json as Record<string, number>;
    expect(found.get(`heartbeat_last_event_timestamp_seconds{${labels(first)}}`)).toBe(told.last_event);
    expect(found.get(`heartbeat_deadline_timestamp_seconds{${labels(first)}}`)).toBe(told.deadline);
    expect(found.has(`heartbeat_deadline_timestamp_seconds{${labels(second)}}`)).toBe(false);
    expect(text).not.toContain('s3cret');

    await app.request('DELETE', `${HEARTBEATS}/${first}`);
    await show(...[`${labels(second)},state="paused"`, `${labels(third)},state="up"`].sort());
    expect(readMetrics((await scrape()).text).get('heartbeat_heartbeats_without_series')).toBe(0);
  });
});
