import type { Row } from '../types';
import { bulkItems, fitsBulk, singleRule } from './bulk';

const row = (fields: Partial<Row>): Row => ({
  _id: 'x',
  pattern: { a: 'b' },
  expected_interval: '10m',
  state: 'up',
  since: 0,
  last_event: 0,
  deadline: 0,
  gaps: [],
  ...fields,
});

describe('a change of many heartbeats', () => {
  const unchanged = { every: '', unit: 'm', description: '', output: '' } as const;

  it('changes what is filled in, and keeps the rest', () => {
    const rows = [
      row({ name: 'n', description: 'd', output: 'o' }),
      row({ _id: 'y', name: 'm', author: 'ann' }),
    ];
    expect(bulkItems(rows, { ...unchanged, every: '2', unit: 'h' }, 'root')).toEqual([
      {
        _id: 'x',
        name: 'n',
        pattern: { a: 'b' },
        author: 'root',
        description: 'd',
        output: 'o',
        expected_interval: '2h',
      },
      {
        _id: 'y',
        name: 'm',
        pattern: { a: 'b' },
        author: 'root',
        description: '',
        output: '',
        expected_interval: '2h',
      },
    ]);
    expect(bulkItems(rows, { ...unchanged, description: 'new' }, null)).toMatchObject([
      { description: 'new', author: '', expected_interval: '10m' },
      { description: 'new', author: 'ann', expected_interval: '10m' },
    ]);
  });

  it('is told in one call where each has a name, a description and an author, none too long', () => {
    const fits = (fields: Partial<Row>, author: string | null = 'root'): boolean =>
      bulkItems([row({ name: 'n', description: 'd', ...fields })], unchanged, author).every(fitsBulk);
    expect(fits({})).toBe(true);
    expect(fits({ name: '😀'.repeat(255), output: 'o'.repeat(255) })).toBe(true);
    expect(fits({ author: 'ann' }, null)).toBe(true);
    expect([fits({ name: '' }), fits({ description: '' }), fits({}, null)]).toEqual([false, false, false]);
    expect([fits({ name: 'n'.repeat(256) }), fits({ output: 'o'.repeat(256) })]).toEqual([false, false]);
  });

  it('leaves out what is empty where it is told one by one', () => {
    const [item] = bulkItems([row({ name: 'n' })], { ...unchanged, every: '5' }, 'root');
    expect(item && singleRule(item)).toEqual({
      pattern: { a: 'b' },
      expected_interval: '5m',
      name: 'n',
      author: 'root',
    });
  });
});
