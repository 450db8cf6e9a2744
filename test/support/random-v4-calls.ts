import fc from 'fast-check';
import { V4, V4_BULK } from './canopsis-v4';
import {
  anything,
  asJson,
  badInterval,
  badKey,
  bytesOf,
  damaged,
  entries,
  goodInterval,
  goodKey,
  maybe,
  object,
  word,
} from './random-bodies';

/** A call of version 4. */
export interface RandomCall {
  readonly method: string;
  readonly path: string;
  /** Absent: no body. */
  readonly bytes?: Uint8Array;
  /** Whether its body is what a heartbeat, or several, need: then only others can be in its way. */
  readonly valid: boolean;
}

/** Few enough that calls meet the heartbeats of others. */
const id = fc.constantFrom('a', 'b', 'é', '😀', 'a/b', '__proto__', ' ');
const name = fc.oneof(
  fc.constantFrom('n', 'N', 'é', '😀', ' ', '__proto__', '\0'),
  fc.string({ minLength: 1, maxLength: 20 }),
);
const long = fc.constantFrom('x'.repeat(255), '😀'.repeat(255), 'x'.repeat(256), '😀'.repeat(256));

const validItem = (given: fc.Arbitrary<string | undefined>): fc.Arbitrary<string> =>
  object({
    _id: given,
    name: asJson(name),
    description: asJson(name),
    author: asJson(name),
    output: maybe(fc.oneof(word, fc.constant(null))),
    pattern: entries(goodKey, word),
    expected_interval: asJson(goodInterval),
    created: maybe(anything),
    extra: maybe(anything),
  });

const wrong = (good: fc.Arbitrary<unknown>): fc.Arbitrary<string | undefined> =>
  fc.oneof({ weight: 6, arbitrary: asJson(good) }, { weight: 1, arbitrary: maybe(fc.oneof(anything, long)) });

const nearlyValidItem = object({
  _id: fc.oneof(maybe(id), maybe(fc.oneof(anything, long))),
  name: wrong(name),
  description: wrong(name),
  author: wrong(name),
  output: wrong(word),
  pattern: fc.oneof(
    { weight: 4, arbitrary: entries(goodKey, word) },
    { weight: 1, arbitrary: entries(fc.oneof(goodKey, badKey), fc.oneof(word, word, anything)) },
    { weight: 1, arbitrary: maybe(anything) },
  ),
  expected_interval: fc.oneof(asJson(goodInterval), maybe(badInterval)),
});

const listOf = (item: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.array(item, { maxLength: 4 }).map((items) => `[${items.join()}]`);

/** What no call expects. */
const junk = fc.oneof(
  fc.json({ maxDepth: 4 }).map(bytesOf),
  fc.string({ unit: 'binary' }).map(bytesOf),
  fc.uint8Array({ maxLength: 100 }),
);

interface Body {
  readonly bytes: Uint8Array;
  readonly valid: boolean;
}

const bodies = (valid: fc.Arbitrary<string>, nearly: fc.Arbitrary<string>): fc.Arbitrary<Body> =>
  fc.oneof(
    { weight: 4, arbitrary: valid.map((body) => ({ bytes: bytesOf(body), valid: true })) },
    { weight: 4, arbitrary: nearly.map((body) => ({ bytes: bytesOf(body), valid: false })) },
    { weight: 2, arbitrary: damaged(valid).map((bytes) => ({ bytes, valid: false })) },
    { weight: 1, arbitrary: junk.map((bytes) => ({ bytes, valid: false })) },
  );

const single = bodies(validItem(maybe(id)), nearlyValidItem);
const bulk = (given: fc.Arbitrary<string | undefined>): fc.Arbitrary<Body> => {
  const item = validItem(given);
  const several = fc.array(item, { minLength: 1, maxLength: 4 }).map((items) => `[${items.join()}]`);
  return bodies(
    several,
    listOf(fc.oneof(item, nearlyValidItem, fc.constant('null'), fc.json({ maxDepth: 1 }))),
  );
};

const call = (method: string, path: string, body: fc.Arbitrary<Body>): fc.Arbitrary<RandomCall> =>
  body.map((sent) => ({ method, path, ...sent }));

const parameter = fc.tuple(
  fc.constantFrom('page', 'limit', 'paginate', 'sort', 'sort_by', 'search', 'other', 'page[]'),
  fc.oneof(
    fc.constantFrom('', '1', '0', '-1', '+2', '9007199254740992', 'x', 'asc', 'desc', 't', 'false', 'name'),
    fc.constantFrom('_id', 'updated', '[', '(', '\\', '\0', 'x'.repeat(2_001)),
    fc.string({ maxLength: 5 }),
  ),
);
const queryOf = (pairs: [string, string][]): string => new URLSearchParams(pairs).toString();

const list = fc
  .array(parameter, { maxLength: 4 })
  .map((pairs): RandomCall => ({ method: 'GET', path: `${V4}?${queryOf(pairs)}`, valid: false }));

const removal = fc.oneof(
  fc.array(id, { minLength: 1, maxLength: 3 }).map((ids): RandomCall => ({
    method: 'DELETE',
    path: `${V4_BULK}?${queryOf(ids.map((one) => ['ids[]', one]))}`,
    valid: false,
  })),
  call(
    'DELETE',
    V4_BULK,
    fc
      .oneof(
        fc.record({ ids: fc.oneof(fc.array(id), anything) }).map((body) => bytesOf(JSON.stringify(body))),
        junk,
      )
      .map((bytes) => ({ bytes, valid: false })),
  ),
);

/** Calls of every kind. */
export const randomV4Call = (target: string): fc.Arbitrary<RandomCall> =>
  fc.oneof(
    { weight: 4, arbitrary: call('POST', V4, single) },
    { weight: 2, arbitrary: call('PUT', `${V4}/${target}`, single) },
    { weight: 2, arbitrary: call('POST', V4_BULK, bulk(maybe(id))) },
    { weight: 1, arbitrary: call('PUT', V4_BULK, bulk(asJson(id))) },
    { weight: 1, arbitrary: removal },
    { weight: 2, arbitrary: list },
    { weight: 1, arbitrary: call('POST', '/api/v4/event', fc.oneof(single, bulk(maybe(id)))) },
  );
