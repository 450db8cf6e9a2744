import { mongo } from 'mongoose';
import { eventually } from '../support/eventually';
import { siteForEach, Watching } from './support/watching';

type Damage = [what: string, update: mongo.UpdateFilter<mongo.Document>];

/** What another program may have made of the state of a heartbeat; the next event shows it. */
const DAMAGES: readonly Damage[] = [
  ['no state', { $unset: { state: '' } }],
  ['a number as state', { $set: { state: 5 } }],
  ['a word that is no state', { $set: { state: 'unknown' } }],
  ['no rule', { $unset: { rule: '' } }],
  ['a text as revision', { $set: { revision: 'zzz' } }],
  ['a decimal as last event', { $set: { last_event: mongo.Decimal128.fromString('5') } }],
  ['no since', { $unset: { since: '' } }],
  ['a number as past alarms', { $set: { past: 7 } }],
];
/** These are found by an alarm that cannot be written, or when all are looked at. */
const HIDDEN: readonly Damage[] = [
  ['a text as deadline', { $set: { deadline: 'abc' } }],
  ['a date as deadline', { $set: { deadline: new Date(0) } }],
  ['a text as outbox', { $set: { outbox: 'x' } }],
  ['a text as number of unsent alarms', { $set: { unsent: 'x' } }],
];
/** Longer than it takes to look at all of them, in milliseconds. */
const ROUND_MS = 60_000;

describe('a state document that another program has damaged', () => {
  let site: Watching;
  let restarted: Watching | undefined;
  afterEach(async () => {
    await restarted?.stop();
    restarted = undefined;
  });
  // Registered last: the database is closed after all that use it.
  siteForEach((started) => (site = started));

  const restart = async (): Promise<void> => {
    restarted = await site.another();
    await site.stop();
    site = restarted;
  };

  const damage = (id: string, update: mongo.UpdateFilter<mongo.Document>): Promise<unknown> =>
    (site.states as unknown as mongo.Collection<mongo.Document>).updateOne({ _id: id as never }, update);
  /** Neither events nor alarms of the others wait for it. */
  const othersGoOn = async (good: string): Promise<void> => {
    await site.event('bad');
    await site.event('good');
    await site.becomes(good, 'up');
    await site.pass(11_000);
    await site.becomes(good, 'down');
    await eventually(() => expect(site.sink.told('connector:good')).toEqual([3]));
  };
  const isWatched = async (bad: string): Promise<void> => {
    await eventually(async () => {
      await site.pass(11_000);
      expect(site.sink.told('connector:bad')).toEqual([3]);
    }, ROUND_MS);
    await site.event('bad');
    await site.becomes(bad, 'up');
  };

  it.each([...DAMAGES, ...HIDDEN])('while it is watched holds up nobody: %s', async (_what, update) => {
    const [bad, good] = [await site.create('bad'), await site.create('good')];
    await site.event('bad');
    await site.becomes(bad, 'up');
    await damage(bad, update);
    await othersGoOn(good);
  });

  it.each([...DAMAGES, ...HIDDEN])('before a start holds up nobody: %s', async (_what, update) => {
    const [bad, good] = [await site.create('bad'), await site.create('good')];
    await site.event('bad');
    await site.becomes(bad, 'up');
    await damage(bad, update);
    await restart();
    await othersGoOn(good);
  });

  it.each([...DAMAGES.slice(0, 1), ...HIDDEN])(
    'is watched again: %s',
    async (_what, update) => {
      const bad = await site.create('bad');
      await site.event('bad');
      await site.becomes(bad, 'up');
      await damage(bad, update);
      await isWatched(bad);
    },
    90_000,
  );

  it.each<[string, object]>([
    ['a word alone', { state: 'down' }],
    ['a state without an alarm to send', { state: 'down', deadline: 1, outbox: [{ x: 1 }] }],
    ['no field', {}],
  ])('without a heartbeat is removed, and said so: %s', async (_what, fields) => {
    const good = await site.create('good');
    await site.states.insertOne({ _id: 'orphan', ...fields } as never);
    await restart();
    await eventually(async () => expect(await site.state('orphan')).toBeNull());
    expect(site.log.lines.join('\n')).toMatch(/not as this program writes it, .*: "orphan"/);
    await site.event('good');
    await site.becomes(good, 'up');
  });

  it('of an id that is no text is left alone', async () => {
    const good = await site.create('good');
    await site.states.insertOne({ _id: 12, state: 'down' } as never);
    await restart();
    await site.event('good');
    await site.becomes(good, 'up');
  });
});
