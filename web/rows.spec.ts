import { shownRow } from './rows';
import type { Row } from './types';

describe('a row of what another program stored', () => {
  it('is shown as text, whatever its types', () => {
    const stored = { _id: 'x', pattern: { a: 1, b: { c: null }, d: 'e' }, expected_interval: 10 };
    expect(shownRow(stored as unknown as Row)).toEqual({
      _id: 'x',
      pattern: { a: '1', b: '{"c":null}', d: 'e' },
      expected_interval: '10',
      gaps: [],
    });
    expect(shownRow({ pattern: 'text' } as unknown as Row)).toMatchObject({
      pattern: {},
      expected_interval: '',
    });
  });
});
