import fc from 'fast-check';

/** A body, and whether it was made to be valid. */
export interface RandomBody {
  bytes: Uint8Array;
  valid: boolean;
}

/** Few enough that patterns meet again, so that not every valid body makes a heartbeat. */
export const word = fc.constantFrom('', 'a', 'b', 'c', 'é', '😀', '\0', ' ', 'x.y', '$', 'null', '__proto__');
export const goodKey = fc.constantFrom(
  'a',
  'b',
  'c',
  'é',
  '😀',
  ' ',
  'constructor',
  'toString',
  '_bsontype',
  '_id',
  '0',
);
export const badKey = fc.constantFrom('', '.', 'a.b', '$a', '__proto__', '\0', '\ud800');
export const goodInterval = fc
  .tuple(fc.integer({ min: 1, max: 87_600 }), fc.constantFrom('s', 'm', 'h'))
  .map(([number, unit]) => `${number}${unit}`);
export const badInterval = fc.oneof(
  fc.constantFrom(
    '',
    's',
    '0s',
    '10s\n',
    '-1s',
    '1.5s',
    '10',
    '10d',
    '１s',
    '315360001s',
    '1e3s',
    ' 1s',
    null,
    10,
    true,
  ),
  fc.string({ maxLength: 8 }),
);
export const anything = fc.oneof(
  word,
  fc.constantFrom(null, 0, -1, 1e308, true, false),
  fc.jsonValue({ maxDepth: 2 }),
);
const text = fc.option(fc.oneof(word, fc.string({ maxLength: 20 })), { nil: null });

export const entries = (key: fc.Arbitrary<string>, value: fc.Arbitrary<unknown>): fc.Arbitrary<string> =>
  fc
    .uniqueArray(fc.tuple(key, value), { minLength: 1, maxLength: 4, selector: ([name]) => name })
    .map((pairs) => `{${pairs.map(([name, of]) => `${JSON.stringify(name)}:${JSON.stringify(of)}`).join()}}`);

/** JSON text of an object with these members, in their order or the other way round; absent ones are left out. */
export const object = (members: Record<string, fc.Arbitrary<string | undefined>>): fc.Arbitrary<string> =>
  fc.tuple(fc.record(members), fc.boolean()).map(([values, reversed]) => {
    const parts = Object.entries(values)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => `${JSON.stringify(name)}:${value}`);
    return `{${(reversed ? parts.reverse() : parts).join()}}`;
  });

export const asJson = (value: fc.Arbitrary<unknown>): fc.Arbitrary<string | undefined> =>
  value.map((of) => JSON.stringify(of) as string | undefined);
export const maybe = (value: fc.Arbitrary<unknown>): fc.Arbitrary<string | undefined> =>
  fc.option(asJson(value), { nil: undefined, freq: 2 });

const texts = (value: fc.Arbitrary<unknown>): Record<string, fc.Arbitrary<string | undefined>> => ({
  author: maybe(value),
  name: maybe(value),
  description: maybe(value),
  output: maybe(value),
});

const validBody = object({
  pattern: entries(goodKey, word),
  expected_interval: asJson(goodInterval),
  ...texts(text),
  _id: maybe(anything),
  created: maybe(anything),
  extra: maybe(anything),
});

const nearlyValidBody = object({
  pattern: fc.oneof(
    entries(goodKey, word),
    entries(fc.oneof(goodKey, badKey, fc.string({ maxLength: 5 })), fc.oneof(word, word, word, anything)),
    asJson(anything),
  ),
  expected_interval: fc.oneof(asJson(goodInterval), asJson(badInterval), asJson(anything)),
  ...texts(fc.oneof(text, text, text, anything)),
});

export const bytesOf = (body: string): Uint8Array => new Uint8Array(Buffer.from(body));

/** A text in which a few bytes are others, or more, or gone. */
export const damaged = (bodies: fc.Arbitrary<string>): fc.Arbitrary<Uint8Array> =>
  fc
    .tuple(bodies, fc.array(fc.tuple(fc.nat(), fc.nat(2), fc.nat(255)), { minLength: 1, maxLength: 3 }))
    .map(([body, changes]) => {
      const bytes = [...Buffer.from(body)];
      for (const [place, remove, byte] of changes) bytes.splice(place % bytes.length, remove, byte);
      return new Uint8Array(bytes);
    });

/** Bodies of every kind: valid ones, nearly valid ones, damaged ones, other JSON, other text, and bytes. */
export const randomBody: fc.Arbitrary<RandomBody> = fc.oneof(
  { weight: 2, arbitrary: validBody.map((body) => ({ bytes: bytesOf(body), valid: true })) },
  { weight: 6, arbitrary: nearlyValidBody.map((body) => ({ bytes: bytesOf(body), valid: false })) },
  { weight: 4, arbitrary: damaged(validBody).map((bytes) => ({ bytes, valid: false })) },
  { weight: 2, arbitrary: fc.json({ maxDepth: 4 }).map((body) => ({ bytes: bytesOf(body), valid: false })) },
  {
    weight: 1,
    arbitrary: fc.string({ unit: 'binary' }).map((body) => ({ bytes: bytesOf(body), valid: false })),
  },
  { weight: 2, arbitrary: fc.uint8Array({ maxLength: 200 }).map((bytes) => ({ bytes, valid: false })) },
);
