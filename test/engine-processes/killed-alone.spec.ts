import { makeDirectory, removeDirectory } from '../support/directory';
import { type ApiProcess, startApi } from '../support/processes';
import { create, type Watched, watched, watchedMany } from './support/installation';
import { TEST_LIMIT_MS, waitFor } from './support/wait-for';

const GRACE_MS = 4_000;

interface State {
  readonly _id: string;
  readonly state: string;
  /** Seconds since the epoch, with decimals. */
  readonly since: number;
  readonly last_event: number | null;
  readonly deadline: number;
  readonly blind: boolean;
}

/** The whole product in one process, without a broker: events by HTTP, alarms to the log, the database embedded. */
jest.setTimeout(TEST_LIMIT_MS);

describe('the product in one process, killed', () => {
  let dataDir: string;
  const lives: ApiProcess[] = [];

  beforeEach(async () => {
    dataDir = await makeDirectory();
  });

  afterEach(async () => {
    await Promise.all(lives.splice(0).map((life) => life.stop('SIGKILL')));
    await removeDirectory(dataDir);
  });

  async function start(): Promise<ApiProcess> {
    const app = await startApi({ DATA_DIR: dataDir, BLIND_GRACE: `${GRACE_MS / 1000}s` });
    lives.push(app);
    return app;
  }

  /** The states by resource; there is but one name for each heartbeat here. */
  async function states(app: ApiProcess): Promise<Map<string, State>> {
    const heartbeats = (await app.request('GET', '/api/v2/heartbeat')).json as Heartbeat[];
    const found = (await app.request('GET', '/api/v2/heartbeat-state')).json as State[];
    const names = new Map(heartbeats.map(({ _id, pattern }) => [_id, `component:${pattern.component}`]));
    return new Map(found.map((state) => [names.get(state._id) ?? '', state]));
  }

  async function stateOf(app: ApiProcess, { resource }: Watched): Promise<State> {
    const state = (await states(app)).get(resource);
    if (state === undefined) throw new Error(`${resource} has no state`);
    return state;
  }

  async function send(app: ApiProcess, { event }: Watched): Promise<void> {
    const { json } = await app.request('POST', '/api/v2/event', { json: event });
    expect(json).toMatchObject({ retry_events: [], failed_events: [] });
  }

  /** What the log of one life of the process, or of all, tells of a heartbeat: `raised` and `resolved`. */
  const logged = ({ resource }: Watched, of: readonly ApiProcess[] = lives): string[] => {
    const lines = new RegExp(`alarm (raised|resolved): \\\\?"${resource}\\\\?": `, 'g');
    return of.flatMap((life) => [...life.output().matchAll(lines)].map(([, change = '']) => change));
  };

  it('between event and alarm, keeps the event, and raises the alarm after the grace for blindness', async () => {
    const one = watched('one', '6s');
    const first = await start();
    await create(first, [one]);
    await send(first, one);
    // A busy machine may keep the process from hearing for a moment.
    await waitFor('an engine that hears', async () => !(await stateOf(first, one)).blind);
    const before = await stateOf(first, one);
    expect(before.state).toBe('up');
    await first.stop('SIGKILL');
    await waitFor('the deadline', () => Date.now() > before.deadline * 1000 + 500);

    const again = Date.now();
    const second = await start();
    expect(await stateOf(second, one)).toMatchObject({ state: 'up', last_event: before.last_event });
    await waitFor('the silence', async () => (await stateOf(second, one)).state === 'down');
    expect((await stateOf(second, one)).since * 1000).toBeGreaterThanOrEqual(again + GRACE_MS);
    await waitFor('the alarm', () => logged(one).length > 0);
    expect(logged(one)).toEqual(['raised']);
  });

  it('with an open alarm, neither raises it again nor says that all is well', async () => {
    const [open, other] = [watched('open', '1s'), watched('other', '1s')];
    const first = await start();
    await create(first, [open]);
    await waitFor('the alarm', () => logged(open).length > 0);
    const before = await stateOf(first, open);
    await first.stop('SIGKILL');

    const second = await start();
    await create(second, [other]);
    await waitFor('an alarm that shows that it watches', () => logged(other).length > 0);
    expect(logged(open, [second])).toEqual([]);
    expect(await stateOf(second, open)).toMatchObject({ state: 'down', since: before.since });
    await send(second, open);
    expect(await stateOf(second, open)).toMatchObject({ state: 'up' });
    await waitFor('its end', () => logged(open, [second]).length > 0);
    await waitFor('the next alarm', () => logged(open, [second]).length > 1);
    expect(logged(open, [second])).toEqual(['resolved', 'raised']);
  });

  it('while it raises alarms, raises each of them, none twice but what it was just saying', async () => {
    const all = watchedMany('host', 100, () => '1s');
    const first = await start();
    await create(first, all);
    await first.says(/alarm raised/);
    await first.stop('SIGKILL');

    const second = await start();
    await waitFor('every alarm', () => all.every((one) => logged(one).length > 0));
    const found = await states(second);
    for (const one of all) {
      expect(found.get(one.resource)?.state).toBe('down');
      expect(new Set(logged(one))).toEqual(new Set(['raised']));
      expect(logged(one, [second]).length).toBeLessThanOrEqual(1);
    }
  });
});

interface Heartbeat {
  readonly _id: string;
  readonly pattern: Record<string, string>;
}
