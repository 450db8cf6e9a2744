import { cpuSeconds } from '../support/process-figures';
import type { Results } from '../support/results';
import { interleaved, quantile } from '../support/rounds';
import { type PageSite, authorization, pause, startSite } from './site';

const HEARTBEATS = 10_000;
const EVENTS_A_CALL = 500;
const CALLS = 20;
const ROUNDS = 5;
const SILENT = 300;

/** The engine's figures without the page, and with it and 100 pages that are open; in turns. */
export async function benchEngineBesidePages(results: Results): Promise<void> {
  const alone = await startSite(HEARTBEATS, { WEB_PAGE: 'off' });
  const watched = await startSite(HEARTBEATS);
  const close = await watched.openStreams(100);
  try {
    // The first events make 10,000 states begin at once, which each page's server reads again and again for a while.
    for (const site of [alone, watched]) await microsecondsAnEvent(site);
    await pause(40_000);
    const [without, beside] = await interleaved(
      [
        { name: 'without the page', measure: () => microsecondsAnEvent(alone) },
        { name: 'with 100 open pages', measure: () => microsecondsAnEvent(watched) },
      ],
      ROUNDS,
    );
    if (!without || !beside) return;
    const said = [without, beside].map(
      ({ median, lowest, highest }) => `${median.toFixed(0)} (${lowest.toFixed(0)}…${highest.toFixed(0)})`,
    );
    results.row(
      'µs of processor an event, from its call to its stored state: without the page, with 100 open pages',
      `${said.join(', ')}: × ${(beside.median / without.median).toFixed(2)}`,
      'no more than their spread',
    );
    const late = [await lateness(alone), await lateness(watched)];
    results.row(
      `deadline to alarm, ${SILENT} heartbeats, p50 and p99: without, with`,
      late.map(([half, most]) => `${half} and ${most} ms`).join(', '),
      'no more than their spread',
    );
  } finally {
    close();
    await alone.stop();
    await watched.stop();
  }
}

const post = async ({ server }: PageSite, path: string, body: unknown): Promise<void> => {
  const headers = { Authorization: authorization(), 'Content-Type': 'application/json' };
  const answer = await fetch(server.url + path, { method: 'POST', headers, body: JSON.stringify(body) });
  if (answer.status !== 200) throw new Error(`${path} answers ${answer.status}: ${await answer.text()}`);
  await answer.arrayBuffer();
};

async function microsecondsAnEvent(site: PageSite): Promise<number> {
  const states = site.connection.collection('heartbeat_state');
  const began = Date.now();
  const used = await cpuSeconds(site.server.pid);
  for (let call = 0; call < CALLS; call += 1) {
    const events = Array.from({ length: EVENTS_A_CALL }, (_, at) => ({
      ...{ connector: 'bench', connector_name: `n${call * EVENTS_A_CALL + at}` },
      ...{ event_type: 'check', component: 'c', state: 0, output: 'ok' },
    }));
    await post(site, '/api/v2/event', events);
  }
  const stored = (): Promise<number> => states.countDocuments({ last_event: { $gte: began } });
  while ((await stored()) < CALLS * EVENTS_A_CALL) await pause(100);
  return (((await cpuSeconds(site.server.pid)) - used) / (CALLS * EVENTS_A_CALL)) * 1e6;
}

/** @returns milliseconds from the deadlines of new heartbeats to their alarms: half of them, and 99 % */
async function lateness(site: PageSite): Promise<[number, number]> {
  for (let at = 0; at < SILENT; at += 1) {
    const pattern = { connector: 'late', connector_name: `l${at}` };
    await post(site, '/api/v2/heartbeat', { pattern, expected_interval: '2s' });
  }
  const states = site.connection.collection<{ _id: string; since: number; deadline: number }>(
    'heartbeat_state',
  );
  const down = { state: 'down', _id: { $not: /^h\d/ } };
  while ((await states.countDocuments(down)) < SILENT) await pause(200);
  const late = (await states.find(down).toArray()).map(({ since, deadline }) => since - deadline);
  return [quantile(late, 0.5), quantile(late, 0.99)];
}
