import { MAX_ID_BYTES } from '../heartbeat/stored-id';
import { heartbeatsIn } from './found-heartbeat';

const found = (line: unknown): unknown[] =>
  heartbeatsIn(Buffer.from(typeof line === 'string' ? line : JSON.stringify(line)));
const good = { _id: 'a', pattern: { connector: 'c1' }, expected_interval: '10s' };

describe('a line of a file to import', () => {
  it.each([
    ['Canopsis 3', good, {}],
    [
      'Canopsis 4',
      { ...good, name: 'n', output: null, created: 1, updated: 2.5 },
      { created: 1, updated: 2 },
    ],
    ['nobody', { ...good, _class: { any: 'thing' }, created: null }, {}],
  ])('holds a heartbeat of %s', (_who, document, times) => {
    const { pattern, expected_interval } = good;
    const name = 'name' in document ? { name: 'n' } : {};
    const heartbeat: unknown = expect.objectContaining({ pattern, expected_interval, ...name });
    expect(found(document)).toMatchObject([{ id: 'a', heartbeat, ...times }]);
  });

  it.each([
    [{ $numberInt: '5' }, 5],
    [{ $numberLong: '1607680814' }, 1_607_680_814],
    [{ $numberDouble: '1607680814.0' }, 1_607_680_814],
    [{ $numberDouble: '1607680814.99' }, 1_607_680_814],
    [1_607_680_814.5, 1_607_680_814],
    [{ $date: '2020-12-11T10:00:14.999Z' }, 1_607_680_814],
    [{ $date: { $numberLong: '1607680814999' } }, 1_607_680_814],
    ['1607680814', 1_607_680_814],
    ['2020-12-11T10:00:14Z', 1_607_680_814],
    ['2020-12-11T12:00:14.5+02:00', 1_607_680_814],
    ['2020-12-11 10:00:14', 1_607_680_814],
    ['2020-12-11', 1_607_644_800],
  ])('may have its times in extended JSON: %j', (time, seconds) => {
    expect(found({ ...good, created: time, updated: time })).toMatchObject([
      { created: seconds, updated: seconds },
    ]);
  });

  it.each([
    [{ $oid: '5fd33b0e0000000000000000' }, '5fd33b0e0000000000000000'],
    [7, '7'],
    [{ $numberLong: '9007199254740993' }, '9007199254740993'],
    [{ $uuid: 'eaadc64a-a0ef-4c5c-8453-a45e574fd5ca' }, 'eaadc64a-a0ef-4c5c-8453-a45e574fd5ca'],
  ])('is known by the text of an id that is none: %j', (_id, id) => {
    expect(found({ ...good, _id })).toMatchObject([{ id }]);
  });

  it('of before Canopsis 3.8 holds a heartbeat for each mapping', () => {
    const mappings = [{ a: '1' }, { a: 2 }, { a: '3' }];
    expect(found({ _id: { $oid: 'any' }, mappings, maxduration: '10s' })).toMatchObject([
      { mapping: 1, heartbeat: { pattern: { a: '1' }, expected_interval: '10s' } },
      { mapping: 2, problem: expect.stringMatching(/^mapping must be an object of texts/) as string },
      { mapping: 3, heartbeat: { pattern: { a: '3' } } },
    ]);
    expect(found({ mappings: [{ a: '1' }], maxduration: '10s' })).toEqual([
      { mapping: undefined, heartbeat: expect.objectContaining({ pattern: { a: '1' } }) as object },
    ]);
  });

  it('of Canopsis 3.4 to 3.7 stands in the document global_config, with all else that is set there', () => {
    const items = [
      { mappings: [{ a: '1' }, { b: '2' }], maxduration: '10s' },
      { mappings: [], maxduration: '1m' },
      { mappings: [{ c: '3' }], maxduration: '1h30m0s' },
      { mappings: [{ d: '4' }], maxduration: { $numberLong: '90000000000' } },
      { mappings: [{ e: '5' }], maxduration: 60_000_000_000 },
      { mappings: [{ f: '6' }], maxduration: 1_500_000_000 },
    ];
    const others = { alarm: { flapping: [1, null, 'x'] }, global: { prefetch: 10_000 } };
    expect(found({ _id: 'global_config', ...others, heartbeat: { items }, last: {} })).toMatchObject([
      { mapping: 1, heartbeat: { pattern: { a: '1' }, expected_interval: '10s' } },
      { mapping: 2, heartbeat: { pattern: { b: '2' }, expected_interval: '10s' } },
      { mapping: 3, problem: 'mappings must be an array of patterns, with at least one' },
      { mapping: 4, heartbeat: { pattern: { c: '3' }, expected_interval: '5400s' } },
      { mapping: 5, heartbeat: { pattern: { d: '4' }, expected_interval: '90s' } },
      { mapping: 6, heartbeat: { pattern: { e: '5' }, expected_interval: '60s' } },
      { mapping: 7, problem: expect.stringMatching(/^maxduration must be/) as string },
    ]);
  });

  it('is looked for however deep the document is', () => {
    const deep = `${'{"a":['.repeat(50_000)}{"mappings":[{"a":"1"}],"maxduration":"1s"}${']}'.repeat(50_000)}`;
    expect(found(`{"_id":"global_config","x":${deep}}`)).toMatchObject([
      { heartbeat: { pattern: { a: '1' } } },
    ]);
  });

  it.each(['', ' ', '\r', '\t \r'])('may be blank: %j', (line) => expect(found(line)).toEqual([]));

  it('may begin with a byte order mark', () => {
    expect(found(`\ufeff${JSON.stringify(good)}`)).toMatchObject([{ id: 'a' }]);
  });

  it.each([
    ['{', /^not JSON: /],
    ['null', /^not a JSON object$/],
    ['"text"', /^not a JSON object$/],
    ['[{}]', /JSON Lines/],
    [' [', /JSON Lines/],
    [{}, /^_id must be a text, /],
    [{ ...good, _id: undefined }, /^_id must be a text, /],
    [{ ...good, _id: true }, /^_id must be a text, /],
    [{ ...good, _id: { a: 1 } }, /^_id must be a text, /],
    [{ ...good, _id: { $oid: 'none' } }, /^_id must be a text, /],
    [{ ...good, _id: '\ud800' }, /^_id must be a text, /],
    [{ ...good, _id: '' }, /^_id must not be empty$/],
    [{ ...good, _id: 'x'.repeat(MAX_ID_BYTES + 1) }, /^_id is too long/],
    [{ ...good, _id: '/'.repeat(MAX_ID_BYTES / 3 + 1) }, /^_id is too long/],
    [{ ...good, pattern: undefined }, /^pattern must be/],
    [{ ...good, pattern: {} }, /^pattern must be/],
    [{ ...good, pattern: [] }, /^pattern must be/],
    [{ ...good, pattern: { a: 1 } }, /^pattern must be/],
    [{ ...good, pattern: { a: { $numberLong: '1' } } }, /^pattern must be/],
    [{ ...good, pattern: { $symbol: 'a' } }, /^pattern must be/],
    [{ ...good, pattern: { 'a.b': '' } }, /^pattern must be/],
    ['{"_id":"a","pattern":{"__proto__":"x"},"expected_interval":"1s"}', /^pattern must be/],
    [{ ...good, expected_interval: undefined }, /^expected_interval must be/],
    [{ ...good, expected_interval: '0s' }, /^expected_interval must be/],
    [{ ...good, expected_interval: '1d' }, /^expected_interval must be/],
    [{ ...good, expected_interval: 10 }, /^expected_interval must be/],
    [{ ...good, author: 1 }, /^author must be a text$/],
    [{ ...good, description: {} }, /^description must be a text$/],
    [{ ...good, created: 'yesterday' }, /^created must be a time/],
    [{ ...good, created: -1 }, /^created must be a time/],
    [{ ...good, created: { $date: 'yesterday' } }, /^created must be a time/],
    [{ ...good, created: { $numberLong: 'many' } }, /^created must be a time/],
    [{ ...good, updated: { $numberDouble: 'NaN' } }, /^updated must be a time/],
    [{ ...good, updated: { $numberLong: '9223372036854775807' } }, /^updated must be a time/],
    [{ ...good, updated: true }, /^updated must be a time/],
    [{ _id: 'global_config', alarm: {} }, /^nothing in global_config has mappings and a maxduration$/],
    [{ _id: 'other', heartbeat: [{ mappings: [{ a: 'b' }], maxduration: '1s' }] }, /^pattern must be/],
    [{ mappings: [], maxduration: '10s' }, /^mappings must be an array/],
    [{ mappings: { a: 'b' }, maxduration: '10s' }, /^mappings must be an array/],
    [{ maxduration: '10s' }, /^mappings must be an array/],
    [{ mappings: [{ a: 'b' }] }, /^maxduration must be/],
    [{ mappings: [{ a: 'b' }], maxduration: '10' }, /^maxduration must be/],
  ])('is refused: %j', (line, problem) => {
    expect(found(line)).toEqual([{ problem: expect.stringMatching(problem) as string }]);
  });

  it('is refused where it is not UTF-8, or too long', () => {
    expect(heartbeatsIn(Buffer.of(0x22, 0xff, 0x22))).toEqual([{ problem: 'not UTF-8' }]);
    expect(heartbeatsIn(undefined)).toEqual([{ problem: 'the line is longer than 4194304 bytes' }]);
  });
});
