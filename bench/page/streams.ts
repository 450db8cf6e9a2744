import { cpuSeconds, residentMiB } from '../support/process-figures';
import type { Results } from '../support/results';
import { type PageSite, pause, startSite } from './site';

const SECONDS = 30;
const MESSAGES_A_SECOND = 4;

/** What open pages cost the server: their streams, while nothing changes and while four changes a second are told. */
export async function benchStreams(results: Results): Promise<void> {
  const site = await startSite(10_000);
  try {
    // The first reading of all, which anybody makes.
    (await site.openStreams(1))();
    for (const count of [0, 100, 1_000]) {
      const before = await residentMiB(site.server.pid);
      const close = await site.openStreams(count);
      const idle = await share(site, () => pause(SECONDS * 1_000));
      const busy = await share(site, () => change(site));
      const grown = (await residentMiB(site.server.pid)) - before;
      close();
      results.row(
        `processor with ${count.toLocaleString('en')} open pages: idle, four changes a second`,
        `${percent(idle)}, ${percent(busy)} of a core; ${grown} MiB more`,
        { 100: '1 %, 5 %', 1_000: '≤ 15 %' }[count] ?? 'to compare with',
      );
    }
  } finally {
    await site.stop();
  }
}

/** @returns of one core */
async function share({ server: { pid } }: PageSite, work: () => Promise<void>): Promise<number> {
  const [used, began] = [await cpuSeconds(pid), performance.now()];
  await work();
  return ((await cpuSeconds(pid)) - used) / ((performance.now() - began) / 1_000);
}

async function change({ connection }: PageSite): Promise<void> {
  const states = connection.collection<{ _id: string }>('heartbeat_state');
  for (let at = 0; at < SECONDS * MESSAGES_A_SECOND; at += 1) {
    const state = at % 2 === 0 ? 'up' : 'down';
    await states.updateOne({ _id: `h${at % 7}` }, { $set: { state, since: Date.now() } });
    await pause(1_000 / MESSAGES_A_SECOND);
  }
}

const percent = (part: number): string => `${(part * 100).toFixed(1)} %`;
