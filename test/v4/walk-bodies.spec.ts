import {
  ALL_MISSING,
  KEPT_INTERVALS,
  STRUCTURE,
  V4,
  V4_BULK,
  expectV4,
  refused,
  v4Body,
} from '../support/canopsis-v4';
import { type Walk, eachGeneration } from '../support/v4-walk';

const LONG = 'x'.repeat(256);
/** The fields of a body that are stored. */
const KEPT = ['name', 'description', 'author', 'pattern', 'expected_interval', 'output'];
const MISSING = 'ExpectedInterval is missing.';
const INVALID = 'ExpectedInterval is invalid.';
const TOO_LONG = 'ExpectedInterval should be 87600h or less.';

type Row = readonly [
  fields: Record<string, unknown>,
  answer: Record<string, string> | 'structure' | 'stored',
];

/** Of a field whose text is required, called so in errors. */
const textRows = (field: string, called: string): Row[] => [
  ...[undefined, null, ''].map((value): Row => [{ [field]: value }, { [field]: `${called} is missing.` }]),
  ...[LONG, '😀'.repeat(256)].map((value): Row => [
    { [field]: value },
    { [field]: `${called} should be 255 or less.` },
  ]),
  ...[5, true, {}, ['x']].map((value): Row => [{ [field]: value }, 'structure']),
  ...['😀'.repeat(255), ' a ', '\u0000'].map((value): Row => [{ [field]: value }, 'stored']),
];

const patternRows: Row[] = [
  ...[undefined, null].map((pattern): Row => [{ pattern }, { pattern: 'Pattern is missing.' }]),
  [{ pattern: {} }, { pattern: 'Pattern should not be blank.' }],
  ...[{ 'a.b': 'c' }, { $a: 'c' }, { '': 'c' }, { 'a\0': 'c' }, { a: 'x'.repeat(65_536) }].map(
    (pattern): Row => [{ pattern }, { pattern: 'Pattern is invalid.' }],
  ),
  ...[[], 'x', 5, { a: null }, { a: 1 }, { a: {} }].map((pattern): Row => [{ pattern }, 'structure']),
  [{ pattern: { a: '', constructor: 'é😀', 'b c': '\0' } }, 'stored'],
];

const intervalRows: Row[] = [
  ...[undefined, '10', '10d', '5M', 's', ' ', '0s'].map((expected_interval): Row => [
    { expected_interval },
    { expected_interval: MISSING },
  ]),
  ...['1h30m', ' 5m', '-5m', '1.5h', 'abc12hxyz', '10s\n'].map((expected_interval): Row => [
    { expected_interval },
    { expected_interval: INVALID },
  ]),
  ...['87601h', '315360001s', `${'9'.repeat(30)}h`].map((expected_interval): Row => [
    { expected_interval },
    { expected_interval: TOO_LONG },
  ]),
  ...['', null, 10, { value: '10s' }, ['10s'], false].map((expected_interval): Row => [
    { expected_interval },
    'structure',
  ]),
  ...['87600h', '90s', '90m', '61m', '1s'].map((expected_interval): Row => [{ expected_interval }, 'stored']),
];

const outputRows: Row[] = [
  [{ output: LONG }, { output: 'Output should be 255 or less.' }],
  ...[5, {}, []].map((output): Row => [{ output }, 'structure']),
  ...['', 'o', '😀'.repeat(255)].map((output): Row => [{ output }, 'stored']),
];

/** Several at once; what is no structure goes before all else. */
const mixedRows: Row[] = [
  [
    { name: '', pattern: {}, output: LONG, expected_interval: '1h1h' },
    {
      name: 'Name is missing.',
      pattern: 'Pattern should not be blank.',
      output: 'Output should be 255 or less.',
      expected_interval: INVALID,
    },
  ],
  [{ name: '', pattern: 5 }, 'structure'],
  [{ created: 'x', updated: {}, other: [1] }, 'stored'],
];

eachGeneration(({ is43, texts }, walk) => {
  const post = (json: unknown): ReturnType<Walk['request']> => walk().request('POST', V4, { json });
  const created = async (fields: object = {}): Promise<Record<string, unknown>> => {
    const answer = await post({ ...v4Body(), ...fields });
    expect(answer.status).toBe(201);
    return answer.json as Record<string, unknown>;
  };
  const indexed = (index: number, errors: Record<string, string>): Record<string, string> =>
    Object.fromEntries(Object.entries(errors).map(([field, text]) => [`${index}.${field}`, text]));

  it.each<[string, Row[]]>([
    ['name', textRows('name', 'Name')],
    ['description', textRows('description', 'Description')],
    ['author', is43 ? [] : textRows('author', 'Author')],
    ['pattern', patternRows],
    ['expected_interval', intervalRows],
    ['output', outputRows],
    ['several fields', mixedRows],
  ])(
    'is told the same of %s by each call that takes it, and nothing of a refused one stays',
    async (_what, rows) => {
      const [target, other] = [await created({ _id: 'target' }), await created({ _id: 'other' })];
      for (const [fields, answer] of rows) {
        if (answer === 'stored') continue;
        const body = { ...v4Body(), ...fields };
        const single = answer === 'structure' ? STRUCTURE : refused(answer);
        const second = answer === 'structure' ? STRUCTURE : refused(indexed(1, answer));
        expectV4(await post(body), single);
        expectV4(await walk().request('PUT', `${V4}/target`, { json: body }), single);
        expectV4(await walk().request('POST', V4_BULK, { json: [v4Body(), body] }), second);
        const items = [
          { ...v4Body(), _id: 'other' },
          { ...body, _id: 'target' },
        ];
        expectV4(await walk().request('PUT', V4_BULK, { json: items }), second);
      }
      expect(await walk().all()).toEqual([other, target]);
      for (const [fields, answer] of rows) {
        if (answer !== 'stored') continue;
        const kept = Object.fromEntries(Object.entries(fields).filter(([field]) => KEPT.includes(field)));
        expect(await created({ ...fields, _id: 'new' })).toMatchObject(kept);
        const { json } = await walk().request('PUT', `${V4}/new`, { json: { ...v4Body(), ...fields } });
        expect(json).toMatchObject(kept);
        expect((await walk().request('GET', `${V4}/new`)).json).toEqual(json);
        expect((await walk().request('DELETE', `${V4}/new`)).status).toBe(204);
      }
    },
  );

  it.each(KEPT_INTERVALS)(
    'that sends the interval %s is answered %s, everywhere',
    async (expected_interval, stored) => {
      const bodies = [{ ...v4Body(), expected_interval }];
      const [{ _id } = { _id: '' }] = (await walk().request('POST', V4_BULK, { json: bodies })).json as {
        _id: string;
      }[];
      const one = await created({ expected_interval });
      expect(one.expected_interval).toBe(stored);
      expect((await walk().all()).map((each) => each.expected_interval)).toEqual([stored, stored]);
      // Version 2 says it as version 4 stored it.
      const { json } = await walk().request('GET', `/api/v2/heartbeat/${_id}`);
      expect(json).toMatchObject({ expected_interval: stored });
    },
  );

  it('may give a heartbeat its id, or none', async () => {
    for (const _id of [undefined, null, ''])
      expect((await created({ _id }))._id).toMatch(
        /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
      );
    for (const _id of [5, {}, [], true]) expectV4(await post({ ...v4Body(), _id }), STRUCTURE);
    const characters = { _id: 'ID cannot contain /?.$ characters.' };
    const tooLong = is43 ? characters : { _id: 'ID should be 255 or less.' };
    expectV4(await post({ ...v4Body(), _id: '😀'.repeat(256) }), refused(tooLong));
    expectV4(await post({ ...v4Body(), _id: 'x'.repeat(256) }), refused(tooLong));
    for (const _id of ['a/b', 'a?', '.a', '$a', '😀'.repeat(255)]) {
      if (is43) expectV4(await post({ ...v4Body(), _id }), refused(characters));
      else expect((await created({ _id }))._id).toBe(_id);
    }
    expect((await created({ _id: 'x'.repeat(255) }))._id).toHaveLength(255);
    expect((await created({ _id: 'x', name: 'n' }))._id).toBe('x');
    expectV4(
      await post({ ...v4Body(), _id: 'x', name: 'n' }),
      refused({ name: texts.name, _id: 'ID already exists' }),
    );
  });

  it('must name each heartbeat that a bulk replaces', async () => {
    for (const _id of [undefined, null, ''])
      expectV4(
        await walk().request('PUT', V4_BULK, { json: [{ ...v4Body(), _id }] }),
        refused({ '0._id': 'ID is missing.' }),
      );
    for (const _id of [5, {}]) expectV4(await walk().request('PUT', V4_BULK, { json: [{ _id }] }), STRUCTURE);
  });

  it(`is ${is43 ? 'the author, whatever it sends' : 'what it says that the author is'}`, async () => {
    const authors = is43 ? [undefined, null, '', 'bob', 5, {}, LONG] : ['bob', ' '];
    for (const author of authors) {
      const stored = is43 ? 'root' : author;
      const { _id } = await created({ author });
      expect(await walk().all()).toMatchObject([{ author: stored }]);
      const body = { ...v4Body(), author };
      const put = await walk().request('PUT', `${V4}/${String(_id)}`, { json: body });
      expect(put).toMatchObject({ status: 200, json: { author: stored } });
      const bulk = await walk().request('PUT', V4_BULK, { json: [{ ...body, _id }] });
      expect(bulk).toMatchObject({ status: 200, json: [{ author: stored }] });
      await walk().clear();
    }
  });

  it('that sends nothing, or no JSON, is told what is missing', async () => {
    const { author, ...others } = ALL_MISSING;
    const missing = is43 ? others : { ...others, author };
    await created({ _id: 'x' });
    const types = [
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'application/xml',
      'application/yaml',
      'application/msgpack',
    ];
    const unread = types.map((type) => ({ body: '{"name":"n"}', headers: { 'Content-Type': type } }));
    for (const request of [{}, { json: null }, { json: {} }, { json: { Name: 'n', NAME: 'n' } }, ...unread]) {
      expectV4(await walk().request('POST', V4, request), refused(missing));
      expectV4(await walk().request('PUT', `${V4}/x`, request), refused(missing));
    }
    for (const request of [{}, { json: null }, ...unread])
      for (const method of ['POST', 'PUT'])
        expectV4(await walk().request(method, V4_BULK, request), refused({ '': 'Items is missing.' }));
  });
});
