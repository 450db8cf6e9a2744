import { KEPT_INTERVALS } from '../../../test/support/canopsis-v4';
import { readIds, readItem, readItems, type BodyRules } from './body';
import { CANOPSIS_4_2, CANOPSIS_4_3 } from './generation';
import { V4Error } from './v4-error';

const RULES: BodyRules = { id: 'new', generation: CANOPSIS_4_2 };
const VALID = {
  name: 'n',
  description: 'd',
  author: 'root',
  pattern: { connector: 'c1' },
  expected_interval: '10m',
};
const STRUCTURE = { error: 'request has invalid structure' };
const MISSING = {
  name: 'Name is missing.',
  description: 'Description is missing.',
  author: 'Author is missing.',
  pattern: 'Pattern is missing.',
  expected_interval: 'ExpectedInterval is missing.',
};

/** What is said of a body, or the problems of its fields. */
function said(work: () => { problems: Record<string, string> } | unknown[]): unknown {
  try {
    const read = work();
    return Array.isArray(read) ? read : read.problems;
  } catch (error) {
    expect(error).toBeInstanceOf(V4Error);
    expect((error as V4Error).statusCode).toBe(400);
    return (error as V4Error).body;
  }
}
const problemsOf = (fields: Record<string, unknown>, rules = RULES): unknown =>
  said(() => readItem({ ...VALID, ...fields }, rules));

describe('a body of version 4', () => {
  it('is read with all its fields, and others ignored', () => {
    const sent = { ...VALID, _id: 'x/y', output: 'o', created: 'never', other: { a: [1] } };
    expect(readItem(sent, RULES)).toEqual({
      id: 'x/y',
      name: 'n',
      heartbeat: { ...VALID, output: 'o' },
      problems: {},
    });
  });

  it.each([undefined, null, {}])('is empty where it is %j', (body) => {
    expect(readItem(body, RULES)).toEqual({ problems: MISSING });
  });

  it.each([[[]], [5], ['x'], [true], [[VALID]]])('has another shape where it is %j', (body) => {
    expect(said(() => readItem(body, RULES))).toEqual(STRUCTURE);
  });

  describe.each(['name', 'description', 'author'])('its %s', (field) => {
    const Field = field[0]?.toUpperCase() + field.slice(1);
    it.each([undefined, null, ''])('is missing where it is %j', (value) => {
      expect(problemsOf({ [field]: value })).toEqual({ [field]: `${Field} is missing.` });
    });
    it.each([' ', '\0', 'x'.repeat(255), '😀'.repeat(255), ' x '])('may be any text', (value) => {
      expect(readItem({ ...VALID, [field]: value }, RULES).heartbeat).toMatchObject({ [field]: value });
    });
    it.each(['x'.repeat(256), '😀'.repeat(256)])('has 255 code points at most', (value) => {
      expect(problemsOf({ [field]: value })).toEqual({ [field]: `${Field} should be 255 or less.` });
    });
    it.each([1, true, {}, ['x'], '\ud800', 'x\udc00'])('is a text, not %j', (value) => {
      expect(problemsOf({ [field]: value })).toEqual(STRUCTURE);
    });
  });

  it.each([undefined, null, ''])('has no output where it is %j', (output) => {
    expect(readItem({ ...VALID, output }, RULES).heartbeat?.output).toBe('');
  });

  it('has an output of 255 code points at most', () => {
    expect(problemsOf({ output: '😀'.repeat(255) })).toEqual({});
    expect(problemsOf({ output: 'x'.repeat(256) })).toEqual({ output: 'Output should be 255 or less.' });
    expect(problemsOf({ output: 1 })).toEqual(STRUCTURE);
  });

  it.each([
    [undefined, 'Pattern is missing.'],
    [null, 'Pattern is missing.'],
    [{}, 'Pattern should not be blank.'],
    [{ 'a.b': 'c' }, 'Pattern is invalid.'],
    [{ $a: 'c' }, 'Pattern is invalid.'],
    [{ '': 'c' }, 'Pattern is invalid.'],
    [{ 'a\0': 'c' }, 'Pattern is invalid.'],
    [JSON.parse('{"__proto__":"c"}'), 'Pattern is invalid.'],
    [{ longer: 'é'.repeat(32_768) }, 'Pattern is invalid.'],
  ])('has a pattern, not %j', (pattern, text) => {
    expect(problemsOf({ pattern })).toEqual({ pattern: text });
  });

  it.each([
    [[]],
    ['x'],
    [1],
    [{ a: 1 }],
    [{ a: null }],
    [{ a: {} }],
    [{ a: '\ud800' }],
    [{ '\udc00': 'a' }],
    [{ 'a.b': 1 }],
  ])('has a pattern of texts, not %j', (pattern) => expect(problemsOf({ pattern })).toEqual(STRUCTURE));

  it.each<readonly [string, string]>([...KEPT_INTERVALS, ['87600h', '87600h'], ['315360000s', '87600h']])(
    'keeps %s as %s',
    (sent, stored) => {
      expect(readItem({ ...VALID, expected_interval: sent }, RULES).heartbeat?.expected_interval).toBe(
        stored,
      );
    },
  );

  it.each([
    ...[undefined, '10', '10d', '5M', 's', ' ', '0s', '000h', '١s', 'm10'].map((sent) => [
      sent,
      'is missing.',
    ]),
    ...['1h30m', ' 5m', '-5m', '1.5h', 'abc12hxyz', '10s\n', '10ms', '0s0s'].map((sent) => [
      sent,
      'is invalid.',
    ]),
    ...['87601h', '5256001m', `${'9'.repeat(400)}s`].map((sent) => [sent, 'should be 87600h or less.']),
  ])('has an interval, not %j', (expected_interval, text) => {
    expect(problemsOf({ expected_interval })).toEqual({ expected_interval: `ExpectedInterval ${text}` });
  });

  it.each(['', null, 10, { value: '10s' }, ['10s'], true, '10s\ud800'])(
    'has an interval as a text, not %j',
    (expected_interval) => {
      expect(problemsOf({ expected_interval })).toEqual(STRUCTURE);
    },
  );

  it('is wrong in all its fields at once, and structure goes first', () => {
    const wrong = {
      name: '',
      description: null,
      author: 'x'.repeat(256),
      output: 'x'.repeat(256),
      _id: 'x'.repeat(256),
    };
    expect(problemsOf({ ...wrong, pattern: {}, expected_interval: '1h1h' })).toEqual({
      name: 'Name is missing.',
      description: 'Description is missing.',
      author: 'Author should be 255 or less.',
      output: 'Output should be 255 or less.',
      _id: 'ID should be 255 or less.',
      pattern: 'Pattern should not be blank.',
      expected_interval: 'ExpectedInterval is invalid.',
    });
    expect(problemsOf({ ...wrong, pattern: 5 })).toEqual(STRUCTURE);
  });
});

describe('the id in a body of version 4', () => {
  it.each([undefined, null, ''])('is none where it is %j', (_id) => {
    expect(readItem({ ...VALID, _id }, RULES).id).toBeUndefined();
  });
  it.each([' ', '/?.$', '\0', '😀'.repeat(255)])('may have any characters', (_id) => {
    expect(readItem({ ...VALID, _id }, RULES)).toMatchObject({ id: _id, problems: {} });
  });
  it.each([5, {}, [], false, '\ud800'])('is a text, not %j', (_id) => {
    expect(problemsOf({ _id })).toEqual(STRUCTURE);
  });
  it('is ignored, whatever it is, where the path has it', () => {
    for (const _id of [5, {}, 'x'.repeat(256)]) {
      const read = readItem({ ...VALID, _id }, { ...RULES, id: 'none' });
      expect([read.id, read.problems]).toEqual([undefined, {}]);
    }
  });
  it('names the heartbeat in a bulk', () => {
    const rules: BodyRules = { ...RULES, id: 'existing' };
    expect(readItem({ ...VALID, _id: 'x'.repeat(300) }, rules)).toMatchObject({
      id: 'x'.repeat(300),
      problems: {},
    });
    for (const _id of [undefined, null, ''])
      expect(problemsOf({ _id }, rules)).toEqual({ _id: 'ID is missing.' });
    expect(problemsOf({ _id: 1 }, rules)).toEqual(STRUCTURE);
  });
});

describe('a bulk of version 4', () => {
  it.each([
    [undefined, { errors: { '': 'Items is missing.' } }],
    [null, { errors: { '': 'Items is missing.' } }],
    [[], { errors: { '': 'Items should not be blank.' } }],
    [{}, STRUCTURE],
    ['x', STRUCTURE],
    [[VALID, 5], STRUCTURE],
    [[VALID, []], STRUCTURE],
    [[{}, { ...VALID, name: 5 }], STRUCTURE],
  ])('is not %j', (body, expected) => expect(said(() => readItems(body, RULES))).toEqual(expected));

  it('has an item that is empty where it is null', () => {
    expect(readItems([VALID, null], RULES).map(({ problems }) => problems)).toEqual([{}, MISSING]);
  });

  it.each([
    [undefined, { errors: { '': 'IDs is missing.' } }],
    [{}, { errors: { '': 'IDs is missing.' } }],
    [{ ids: null }, { errors: { '': 'IDs is missing.' } }],
    [{ ids: [] }, { errors: { '': 'IDs should not be blank.' } }],
    [{ ids: 'a' }, STRUCTURE],
    [{ ids: ['a', 1] }, STRUCTURE],
    [['a'], STRUCTURE],
    [{ ids: ['a', '', 'a'] }, ['a', '', 'a']],
  ])('of removals: %j', (body, expected) => expect(said(() => readIds(body))).toEqual(expected));
});

describe('a body of 4.3', () => {
  const rules: BodyRules = { ...RULES, generation: CANOPSIS_4_3, caller: 'ada' };
  it.each([undefined, null, '', 'bob', 5, {}, 'x'.repeat(300), '\ud800'])(
    'has the caller as author, not %j',
    (author) => {
      expect(readItem({ ...VALID, author }, rules)).toMatchObject({
        heartbeat: { author: 'ada' },
        problems: {},
      });
    },
  );
  it('has what was sent where nobody knows the caller', () => {
    const unknown = { ...rules, caller: undefined };
    expect(readItem(VALID, unknown).heartbeat?.author).toBe('root');
    expect(readItem({ ...VALID, author: 5 }, unknown).heartbeat?.author).toBe('');
  });
  it.each(['a/b', 'a?', 'a.b', '$a', 'x'.repeat(256), '😀'.repeat(64)])('has no id like %s', (_id) => {
    expect(problemsOf({ _id }, rules)).toEqual({ _id: 'ID cannot contain /?.$ characters.' });
  });
  it('has an id of 255 bytes', () => expect(problemsOf({ _id: 'é'.repeat(127) }, rules)).toEqual({}));
});
