import type { HttpFramework } from '../../src/http/adapters';
import { TestApplication, startTestApplication } from '../support/application';
import {
  ERRORS,
  HEARTBEATS,
  create,
  expectAnswer,
  heartbeat,
  list,
  read,
  removeAll,
} from '../support/canopsis';

const VALID = heartbeat();
const { pattern, expected_interval } = VALID;

/** A body that is valid but for these members, which are written as JSON text. */
const json = (members: string): string =>
  `{"pattern":{"connector":"c"},"expected_interval":"10s"${members === '' ? '' : `,${members}`}}`;
const withPattern = (text: string): string => `{"pattern":${text},"expected_interval":"10s"}`;
const withInterval = (value: unknown): string => JSON.stringify({ pattern, expected_interval: value });

describe.each<[HttpFramework]>([['fastify'], ['express']])('a body on %s', (framework) => {
  let app: TestApplication;
  beforeAll(async () => {
    app = await startTestApplication({ framework });
  });
  afterEach(() => removeAll(app));
  afterAll(() => app.close());

  const post = (body: string): ReturnType<TestApplication['request']> =>
    app.request('POST', HEARTBEATS, { body, headers: { 'Content-Type': 'application/json' } });

  async function expectRefused(body: string): Promise<void> {
    expectAnswer(await post(body), ERRORS.invalidPayload);
    expect(await list(app)).toEqual([]);
  }

  async function expectAccepted(body: string): Promise<Record<string, unknown>> {
    const answer = await post(body);
    expect(answer.json).toHaveProperty('name', 'heartbeat created');
    return read(app, (answer.json as { description: string }).description);
  }

  it.each(['null', 'true', '1', '"text"', '[]', '[{}]', JSON.stringify([VALID]), '{}', '[[]]'])(
    'refuses %s, which is JSON but no heartbeat',
    expectRefused,
  );

  it.each(['expected_interval', 'pattern'])('refuses an object without %s', (missing) =>
    expectRefused(JSON.stringify({ ...VALID, [missing]: undefined })),
  );

  it.each(['{}', '[]', '["a"]', '[["a","b"]]', 'null', '"a"', '1', 'true'])(
    'refuses the pattern %s',
    (text) => expectRefused(withPattern(text)),
  );

  it.each(['null', '1', 'true', '[]', '["a"]', '{}', '{"$ne":"a"}', '{"a":"b"}'])(
    'refuses a pattern with the value %s',
    async (value) => {
      await expectRefused(withPattern(`{"a":${value}}`));
      await expectRefused(withPattern(`{"a":"b","c":${value}}`));
    },
  );

  it.each(['', '.', 'a.b', '.a', 'a.', '$', '$a', '$where', '__proto__', '\0', 'a\0', '\0a'])(
    'refuses a pattern with the key %j',
    async (key) => {
      await expectRefused(withPattern(`{${JSON.stringify(key)}:"value"}`));
      await expectRefused(withPattern(`{"a":"b",${JSON.stringify(key)}:"value"}`));
    },
  );

  it.each([
    'constructor',
    'toString',
    'hasOwnProperty',
    'prototype',
    '_bsontype',
    'valueOf',
    'then',
    'length',
  ])('takes %s for an ordinary key', async (key) => {
    const shown = await expectAccepted(withPattern(`{"${key}":"value","other":"x"}`));
    expect(Object.entries(shown.pattern as object)).toEqual([
      [key, 'value'],
      ['other', 'x'],
    ]);
    await expectAccepted(withPattern(`{"${key}":"another value"}`));
  });

  it.each([
    'toJSON',
    '_id',
    'a$',
    'a$b',
    'a b',
    ' ',
    '__proto',
    '__proto__ ',
    'é',
    '0',
    '-1',
    '\u0001',
    '\uFEFF',
  ])('takes a pattern with the key %j alone', async (key) => {
    const shown = await expectAccepted(withPattern(`{${JSON.stringify(key)}:"v"}`));
    expect(shown.pattern).toStrictEqual({ [key]: 'v' });
  });

  it.each(['Binary', 'ObjectId', 'Long', 'Code', 'Timestamp', 'MinKey'])(
    'stores a pattern that names the database’s type %s as the text that it is',
    async (type) => {
      const shown = await expectAccepted(withPattern(`{"_bsontype":"${type}","id":"x","sub":"y"}`));
      expect(shown.pattern).toStrictEqual({ _bsontype: type, id: 'x', sub: 'y' });
    },
  );

  it.each(['"\\ud800"', '"\\udc00"', '"a\\ud83d"', '"\\ude00\\ud83d"'])(
    'refuses half a surrogate pair, %s, wherever it would be stored',
    async (half) => {
      await expectRefused(withPattern(`{"a":${half}}`));
      await expectRefused(withPattern(`{${half}:"a"}`));
      for (const text of ['author', 'name', 'description', 'output'])
        await expectRefused(json(`"${text}":${half}`));
    },
  );

  it('takes a surrogate pair written as escapes for its character', async () => {
    expect((await expectAccepted(withPattern('{"a":"\\ud83d\\ude00"}'))).pattern).toEqual({ a: '😀' });
  });

  it.each([
    '1s',
    '10s',
    '15m',
    '1h',
    '0001s',
    '315360000s',
    '5256000m',
    '87600h',
    '00000000000000000000000001h',
  ])('takes the interval %s, and shows it as it was written', async (interval) => {
    expect(await expectAccepted(withInterval(interval))).toMatchObject({ expected_interval: interval });
  });

  it.each([
    ...[
      '',
      's',
      'm',
      'h',
      '10',
      '0s',
      '0m',
      '0h',
      '000s',
      '-1s',
      '+1s',
      '1.5s',
      '1e3s',
      '0x1s',
      ' 10s',
      '10s ',
    ],
    ...[
      '10 s',
      '10s\n',
      '\n10s',
      '10S',
      '10M',
      '10H',
      '10d',
      '1h30m',
      '10ms',
      '10ss',
      '١s',
      '１s',
      '10s\0',
      '1_0s',
    ],
    ...['315360001s', '5256001m', '87601h', '9007199254740993s', `${'9'.repeat(400)}s`, 'Infinitys', 'NaNs'],
    ...[10, 0, null, true, ['10s'], { s: 10 }, [], {}],
  ])('refuses the interval %j', (interval) => expectRefused(withInterval(interval)));

  describe.each(['author', 'name', 'description', 'output'])('the text %s', (text) => {
    it.each(['1', '0', 'true', 'false', '[]', '["a"]', '{}', '{"a":"b"}'])('is refused as %s', (value) =>
      expectRefused(json(`"${text}":${value}`)),
    );

    it.each(['', 'text', 'é', '$set', 'a.b', '\0', '<b>'])('is kept as %j', async (value) => {
      expect(await expectAccepted(json(`"${text}":${JSON.stringify(value)}`))).toHaveProperty(text, value);
    });

    it('counts as absent as null', async () => {
      expect(await expectAccepted(json(`"${text}":null`))).not.toHaveProperty(text);
    });
  });

  it('has its other fields ignored', async () => {
    const foreign =
      '"_id":"mine","created":1,"updated":"x","pattern_key":"k","interval_seconds":9,"inserted":1,' +
      '"__proto__":{"name":"n"},"constructor":{"prototype":{"name":"n"}},"$set":{"name":"n"},"a.b":[1,{}],"":null';
    const shown = await expectAccepted(json(foreign));
    expect(shown._id).not.toBe('mine');
    const times = { created: expect.any(Number) as number, updated: shown.created };
    expect(shown).toStrictEqual({
      _id: shown._id,
      pattern: { connector: 'c' },
      expected_interval: '10s',
      ...times,
    });
    expect(shown.created).toBeGreaterThan(1_000_000_000);
  });

  it('cannot bring its fields in through a prototype', () =>
    expectRefused(`{"__proto__":${JSON.stringify({ pattern, expected_interval })}}`));

  it('with a member written twice counts as it was written last', async () => {
    await expectRefused('{"pattern":{"a":"1"},"expected_interval":"10s","pattern":null}');
    const twice = `{"pattern":{"a":"1"},"pattern":{"b":"1","b":"2"},"expected_interval":"x","expected_interval":"10s"}`;
    expect((await expectAccepted(twice)).pattern).toEqual({ b: '2' });
  });

  it('may hold white space, escapes and numbers of any size where JSON allows them', async () => {
    const text = ` \t\r\n{ "pattern" :\n{"\\u0061":"\\u0062"} , "expected_interval": "\\u0031s", "n": 1e999 } \n`;
    expect(await expectAccepted(text)).toMatchObject({ pattern: { a: 'b' }, expected_interval: '1s' });
  });

  it('that was refused leaves its pattern free', async () => {
    await expectRefused(withPattern('{"a":"b","c":1}'));
    await create(app, heartbeat({ pattern: { a: 'b' } }));
  });
});
