import type { HeartbeatCollection } from './heartbeat-collection';
import { type CutPart, LargeLists, type ListPart } from './large-lists';

const PART: ListPart = {
  ...{ sort_by: 'created', sort: 'desc', search: '', within: 'all' },
  ...{ skip: 0, limit: 10 },
};

class Cutter {
  readonly asked: ListPart[] = [];

  constructor(readonly isReady: boolean) {}

  cut(part: ListPart): Promise<CutPart> {
    this.asked.push(part);
    return Promise.resolve({ ids: ['a'], total: 6_000 });
  }
}

function listsOf(count: number, cutter: Cutter): LargeLists {
  const lists = new LargeLists({
    countAll: () => Promise.resolve(count),
    readByIds: (ids: string[]) => Promise.resolve(ids.map((_id) => ({ _id }))),
  } as unknown as HeartbeatCollection);
  lists.cutBy(cutter);
  return lists;
}

describe('large lists', () => {
  it('leave few heartbeats to the database', async () => {
    const cutter = new Cutter(true);
    await expect(listsOf(4_999, cutter).read(PART)).resolves.toBeUndefined();
    expect(cutter.asked).toEqual([]);
  });

  it('are cut in memory', async () => {
    const read = listsOf(6_000, new Cutter(true)).read(PART);
    await expect(read).resolves.toEqual({ heartbeats: [{ _id: 'a' }], total: 6_000 });
  });

  it.each<Partial<ListPart>>([
    {},
    { sort_by: '_id' },
    { sort_by: '_id', sort: 'asc' },
    { skip: 10_000, limit: 1_000 },
  ])('are left to an index of the database while memory is filled: %j', async (part) => {
    const cutter = new Cutter(false);
    await expect(listsOf(6_000, cutter).read({ ...PART, ...part })).resolves.toBeUndefined();
    expect(cutter.asked).toEqual([]);
  });

  it.each<Partial<ListPart>>([{ sort_by: 'name' }, { sort: 'asc' }, { search: 'a' }, { skip: 10_001 }])(
    'wait for memory where the database has no index that serves: %j',
    async (part) => {
      const cutter = new Cutter(false);
      await expect(listsOf(6_000, cutter).read({ ...PART, ...part })).resolves.toMatchObject({
        total: 6_000,
      });
      expect(cutter.asked).toEqual([{ ...PART, ...part }]);
    },
  );
});
