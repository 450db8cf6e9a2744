import { faultsOf, formOf, isInterval, newRow, objectIn, patternOf, rowsOfPasted, ruleOf } from './form';

describe('the faults of a form', () => {
  const faults = (...fields: string[]): (string | undefined)[] => {
    const rows = fields.map((field) => newRow(field, 'x'));
    const found = faultsOf({ rows, every: '1', unit: 'm' });
    return rows.map(({ key }) => found.rows.get(key));
  };

  it.each([
    [['connector'], [undefined]],
    [[''], ['noName']],
    [['$where'], ['badName']],
    [['a.b'], ['badName']],
    [
      ['a', 'b', 'a'],
      [undefined, undefined, 'twice'],
    ],
    [
      ['', ''],
      ['noName', 'noName'],
    ],
  ])('of fields %j are %j', (fields, expected) => {
    expect(faults(...fields)).toEqual(expected);
  });

  it.each([
    ['1', 's', true],
    ['87600', 'h', true],
    ['87601', 'h', false],
    ['315360000', 's', true],
    ['315360001', 's', false],
    ['0', 'm', false],
    ['', 'm', false],
    ['1.5', 'm', false],
    ['-1', 'm', false],
    ['1e3', 'm', false],
    [' 10 ', 'm', true],
  ] as const)('of %j %s as an interval: taken %p', (every, unit, taken) => {
    expect(isInterval(every, unit)).toBe(taken);
  });
});

describe('a form', () => {
  it('shows a rule, and makes the same rule of it', () => {
    const rule = { pattern: { a: 'b\nc' }, expected_interval: '90s', name: 'n', output: 'o', author: 'root' };
    expect(ruleOf(formOf(rule), 'root')).toEqual(rule);
  });

  it('leaves texts out that are empty', () => {
    const form = { ...formOf(), rows: [newRow('a', '')], every: '010' };
    expect(ruleOf(form, null)).toEqual({ pattern: { a: '' }, expected_interval: '10m' });
  });

  it.each([
    ['{"a":"b","n":3,"t":true,"none":null,"o":{}}', { a: 'b', n: '3', t: 'true' }],
    ['{"_id":"x","pattern":{"a":"b"}}', { a: 'b' }],
    [
      '{"event_type":"check","connector":"c","state":0,"output":"o"}',
      { event_type: 'check', connector: 'c' },
    ],
  ])('takes the pasted %j as rows', (text, pattern) => {
    expect(patternOf(rowsOfPasted(text) ?? [])).toEqual(pattern);
  });

  it.each(['', 'connector', '[1]', '{}', '{"a":null}', '"x"'])('leaves the pasted %j alone', (text) => {
    expect(rowsOfPasted(text)).toBeUndefined();
  });

  it('knows JSON objects', () => {
    expect(objectIn(' {"a":1} ')).toEqual({ a: 1 });
    expect(['null', '[]', '1', '{'].map(objectIn)).toEqual([undefined, undefined, undefined, undefined]);
  });
});
