import { IdComparison } from './id-comparison';

describe('a comparison of ids', () => {
  let here: string[];
  let there: string[];
  /** What happens in the database between the reading of other ids and of texts. */
  let meanwhile: () => void;
  let comparison: IdComparison;
  beforeEach(() => {
    [here, there] = [[], []];
    meanwhile = () => undefined;
    const overview = {
      get size() {
        return here.length;
      },
      idsBetween: () => [...here],
    };
    const collection = {
      foreignIds: () => Promise.resolve([]),
      idsAfter: (after: string) => {
        const read = there.filter((id) => id > after).sort();
        meanwhile();
        return Promise.resolve(read);
      },
    };
    comparison = new IdComparison(collection, overview);
  });
  /** Counts and compares; takes what the comparison finds, as the overview does. */
  const round = async (unread = 0): Promise<string[]> => {
    const differing = await comparison.differing(there.length + unread);
    here = here.filter((id) => !differing.includes(id) || there.includes(id));
    here.push(...differing.filter((id) => there.includes(id) && !here.includes(id)));
    return differing.sort();
  };

  it('finds what came and what went, and nothing where the numbers agree', async () => {
    [here, there] = [
      ['a', 'b'],
      ['b', 'c', 'd'],
    ];
    expect(await round()).toEqual(['a', 'c', 'd']);
    expect(await round()).toEqual([]);
  });

  it('compares no more for what cannot be read', async () => {
    [here, there] = [['a'], ['a']];
    for (let n = 0; n < 2; n += 1) expect(await round(1)).toEqual([]);
    meanwhile = () => {
      throw new Error('compared again');
    };
    expect(await round(1)).toEqual([]);
  });

  it('finds in the end what went while it compared, whatever came then', async () => {
    [here, there] = [
      ['a', 'b'],
      ['a', 'b', 'c'],
    ];
    meanwhile = () => (there = ['a', 'c', 'd']);
    await round();
    meanwhile = () => undefined;
    here = ['a', 'b', 'c', 'd'];
    await round();
    await round();
    expect([...here].sort()).toEqual(['a', 'c', 'd']);
  });

  it('finds it also where something came between counting and reading', async () => {
    [here, there] = [
      ['a', 'b'],
      ['a', 'b', 'c'],
    ];
    // c and d are there when the ids are read, and d was not when they were counted; b goes after that.
    const counted = there.length;
    there.push('d');
    meanwhile = () => (there = ['a', 'c', 'd']);
    for (const id of await comparison.differing(counted)) if (there.includes(id)) here.push(id);
    meanwhile = () => undefined;
    expect(here).toEqual(['a', 'b', 'c', 'd']);
    await round();
    expect([...here].sort()).toEqual(['a', 'c', 'd']);
  });
});
