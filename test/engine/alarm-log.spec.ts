import { AlarmLog } from '../../src/engine/alarms/alarm-log';
import { raised } from '../../src/engine/alarms/alarm';
import { type TestDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { passFor, siteForEach, Watching } from './support/watching';

describe('the log', () => {
  let database: TestDatabase;
  let site: Watching;
  siteForEach((...started) => ([site, database] = started));

  const changes = (): (string | undefined)[] =>
    site.log.lines.flatMap((line) => /^alarm (raised|resolved): "[^"]*": ".*"$/.exec(line)?.[0] ?? []);

  it('tells each change when it happens, while nobody takes alarms', async () => {
    site.sink.refusing = true;
    const id = await site.create('c1');
    for (let n = 0; n < 3; n += 1) {
      await site.pass(11_000);
      await site.becomes(id, 'down');
      await site.event('c1');
      await site.becomes(id, 'up');
    }
    await site.pass(11_000);
    await site.becomes(id, 'down');
    await site.heartbeats.remove(id);
    const silence = [
      'alarm raised: "connector:c1": "No event matching connector:c1 for 10s"',
      'alarm resolved: "connector:c1": "Event matching connector:c1 received"',
    ];
    const told = [
      ...silence,
      ...silence,
      ...silence,
      silence[0],
      'alarm resolved: "connector:c1": "Heartbeat removed"',
    ];
    await eventually(() => Promise.resolve(changes().length >= told.length));
    expect(changes()).toEqual(told);
    site.sink.refusing = false;
    await site.pass(120_000);
    await site.sends(8);
    expect(changes()).toEqual(told);
  });

  it('tells of the old resource where the pattern changes', async () => {
    const id = await site.create('c1', { output: 'Own text' });
    await site.pass(11_000);
    await site.becomes(id, 'down');
    await site.replace(id, { pattern: { connector: 'c2' } });
    expect(changes()).toEqual([
      'alarm raised: "connector:c1": "Own text"',
      'alarm resolved: "connector:c1": "Heartbeat changed"',
    ]);
  });

  it('tells each change once, whichever of several engines makes it', async () => {
    const { clock, sink } = site;
    const names = Array.from({ length: 100 }, (_, n) => `c${n}`);
    const heartbeats = names.map((_id) => ({ _id, pattern: { connector: _id }, expected_interval: '10s' }));
    await database.heartbeats((collection) => collection.insertMany(heartbeats));
    const other = await Watching.start({ databaseUri: database.uri, clock, sink });
    try {
      // Loggers are the process's: that of the one that was started last has all lines.
      site.log.lines.splice(0);
      const both = [site, other];
      await eventually(() => Promise.resolve(both.every(({ engine }) => engine.watched === names.length)));
      await passFor(both, 11_000);
      await site.sends(names.length);
      await Promise.all(names.flatMap((name) => both.map((one) => one.event(name))));
      await site.sends(2 * names.length);
      const lines = [...site.log.lines, ...other.log.lines].filter((line) => line.startsWith('alarm '));
      for (const change of ['raised', 'resolved']) {
        const told = lines.filter((line) => line.startsWith(`alarm ${change}`));
        expect(told.map((line) => line.split('"')[1]).sort()).toEqual(
          names.map((name) => `connector:${name}`).sort(),
        );
      }
    } finally {
      await other.stop();
    }
  });

  it('tells of what was stored, though not all of it was, or the database gave no answer', async () => {
    const [mine, others] = [await site.create('c1'), await site.create('c2')];
    const lines: string[] = [];
    const log = new AlarmLog(site.store, site.sink, { warn: (line: string) => void lines.push(line) });
    const subject = { interval: '10s', output: null };
    const writes = [mine, others].map((id) => {
      const entry = raised({ ...subject, resource: id }, 0);
      const filter = { _id: id, state: id === mine ? ('waiting' as const) : ('down' as const) };
      // Leased, so that the engine leaves it alone.
      const leased = { leased_until: site.clock.now() + 30_000, lease: 'mine' };
      return {
        updateOne: { filter, update: { $push: { outbox: entry }, $inc: { unsent: 1 }, $set: leased } },
      };
    });
    const found = await log.writing(
      writes,
      () => site.store.write(writes),
      (count) => count === writes.length,
    );
    expect(found).toBe(1);
    expect(lines).toEqual([`alarm raised: "${mine}": "No event matching ${mine} for 10s"`]);

    const lost = log.writing(
      writes,
      async () => {
        await site.store.write(writes);
        throw new Error('no answer');
      },
      () => true,
    );
    await expect(lost).rejects.toThrow('no answer');
    expect(lines).toHaveLength(1);
    await log.settle();
    expect(lines).toHaveLength(2);
    await log.settle();
    expect(lines).toHaveLength(2);
  });
});
