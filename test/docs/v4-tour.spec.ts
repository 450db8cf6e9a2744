import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { V4 } from '../support/canopsis-v4';
import { GENERATIONS, type Walk, startWalk } from '../support/v4-walk';
import { pasted } from './pasted';

describe.each(GENERATIONS)('the tour of version 4 in docs/api.md, on %s', (_, { dialect, is43 }) => {
  let walk: Walk;
  beforeAll(async () => {
    walk = await startWalk(dialect);
  });
  afterAll(() => walk?.end());

  it('can be pasted, and says what it promises', async () => {
    const page = await readFile(join(__dirname, '../../docs/api.md'), 'utf8');
    const [, tour = ''] = /^## Version 4$[^]*?^```sh\n([^]*?)^```$/m.exec(page) ?? [];
    expect(tour).toContain(`http://localhost:8082${V4.replace('/heartbeats', '')}`);
    // No answer has an end of line of its own.
    const lines = 'curl() { command curl "$@" && echo; }';
    const answers = await pasted(`${lines}\n${tour.replace('http://localhost:8082', walk.url)}`);
    const one = { _id: 'one', name: 'One', expected_interval: '10m', output: '' };
    const first = { _id: 'one', name: 'First', expected_interval: '1h' };
    expect(answers).toMatchObject([
      one,
      { data: [one], meta: { page: 1, per_page: 10, page_count: 1, total_count: 1 } },
      first,
      first,
      [{ _id: 'two' }, { _id: 'three' }],
      [
        { _id: 'two', pattern: { connector: 'c3' } },
        { _id: 'three', pattern: { connector: 'c2' } },
      ],
      { errors: { '1.name': `Name already exists${is43 ? '.' : ''}` } },
      is43
        ? { name: 'root', permissions: expect.any(Array) as unknown[] }
        : { rights: { api_heartbeat: { checksum: 15 } } },
      { sent_events: [expect.anything()], failed_events: [] },
    ]);
    expect(await walk.all()).toEqual([]);
  });
});
