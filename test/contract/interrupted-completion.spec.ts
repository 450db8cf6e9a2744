import type { mongo } from 'mongoose';
import type { StoredHeartbeat } from '../../src/heartbeat/heartbeat.schema';
import { completeOldDocuments } from '../../src/heartbeat/old-documents';
import { HEARTBEAT_INDEXES } from '../../src/heartbeat/heartbeat.schema';
import { startTestDatabase, Document, TestDatabase } from '../support/database';
import { RememberingLogger } from '../support/log';

type Heartbeats = mongo.Collection<StoredHeartbeat>;

/** Documents in more than one batch; each of the last 100 repeats the pattern of one of the first. */
const COUNT = 1_500;
const REPEATED = 100;
const patternOf = (n: number): Record<string, string> => ({ number: `${n % (COUNT - REPEATED)}` });
const idOf = (n: number): string => `id-${`${COUNT - n}`.padStart(6, '0')}`;

/** Who has made them, and which of them are the younger ones: without dates the ids decide. */
const GENERATIONS: [string, (n: number) => Document, (n: number) => boolean][] = [
  [
    'Canopsis 3',
    (n) => ({ _id: idOf(n), pattern: patternOf(n), expected_interval: '10s' }),
    (n) => n < REPEATED,
  ],
  [
    'Canopsis 4',
    (n) => ({ _id: idOf(n), pattern: patternOf(n), expected_interval: '10s', created: n, updated: n }),
    (n) => n >= COUNT - REPEATED,
  ],
];

describe.each(GENERATIONS)('the completion of documents of %s', (_generation, make, isYounger) => {
  let database: TestDatabase;
  beforeEach(async () => {
    database = await startTestDatabase();
    await database.heartbeats((collection) =>
      collection.insertMany(Array.from({ length: COUNT }, (_, n) => make(n))),
    );
  });
  afterEach(() => database.close());

  /** Completes them with a collection whose server dies before so many writes are done. */
  async function complete(heartbeats: Heartbeats, writes: number): Promise<RememberingLogger> {
    let left = writes;
    let inserted = 1_000_000;
    const dying = new Proxy(heartbeats, {
      get(target, property) {
        const writes = property === 'bulkWrite' || property === 'updateOne';
        if (writes && left-- <= 0) return () => Promise.reject(new Error('gone'));
        const value: unknown = Reflect.get(target, property);
        return typeof value === 'function' ? (value.bind(target) as unknown) : value;
      },
    });
    const logger = new RememberingLogger();
    const nextInserted = (): number => (inserted += 1);
    await completeOldDocuments(dying, { now: 2_000_000_000, nextInserted, logger });
    return logger;
  }

  it.each([0, 1, 2, 3, 4])('that was cut short after %s writes is done at the next start', (writes) =>
    database.heartbeats(async (collection) => {
      const heartbeats = collection as unknown as Heartbeats;
      await heartbeats.createIndex(...HEARTBEAT_INDEXES[0]);
      await complete(heartbeats, writes).catch((error: Error) => expect(error.message).toBe('gone'));

      const logger = await complete(heartbeats, Number.POSITIVE_INFINITY);
      const all = await collection.find().sort({ created: 1, inserted: 1 }).toArray();
      const numbers = Array.from({ length: COUNT }, (_, n) => n);
      const oldest = numbers.filter((n) => !isYounger(n)).map(idOf);
      const keyed = all
        .filter(({ pattern_key }) => typeof pattern_key === 'string')
        .map(({ _id }) => _id as string);
      expect(keyed.sort()).toEqual(oldest.sort());
      expect(all.filter(({ inserted }) => typeof inserted !== 'number')).toEqual([]);
      expect(all).toHaveLength(COUNT);

      const twins = logger.lines.find((line) => line.includes('repeat the pattern'));
      for (const n of numbers.filter(isYounger)) expect(twins).toContain(idOf(n));
    }),
  );

  it('asks the database as often, however many repeat a pattern', () =>
    database.heartbeats(async (collection) => {
      const heartbeats = collection as unknown as Heartbeats;
      await heartbeats.createIndex(...HEARTBEAT_INDEXES[0]);
      let calls = 0;
      const counting = new Proxy(heartbeats, {
        get(target, property) {
          const value: unknown = Reflect.get(target, property);
          if (typeof value !== 'function') return value;
          calls += 1;
          return value.bind(target) as unknown;
        },
      });
      await complete(counting, Number.POSITIVE_INFINITY);
      expect(await collection.countDocuments({ repeats: { $gte: '' } })).toBe(REPEATED);
      expect(calls).toBeLessThan(REPEATED / 4);
    }));

  it('that has nothing to do says and changes nothing', () =>
    database.heartbeats(async (collection) => {
      const heartbeats = collection as unknown as Heartbeats;
      await heartbeats.deleteMany({ _id: { $in: Array.from({ length: REPEATED }, (_, n) => idOf(n)) } });
      await heartbeats.createIndex(...HEARTBEAT_INDEXES[0]);
      await complete(heartbeats, Number.POSITIVE_INFINITY);
      const before = await collection.find().toArray();
      expect((await complete(heartbeats, 0)).lines).toEqual([]);
      expect(await collection.find().toArray()).toStrictEqual(before);
    }));
});
