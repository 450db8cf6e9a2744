import { mongo } from 'mongoose';
import type { HeartbeatCollection } from '../../heartbeat/heartbeat-collection';
import { NO_TOLERANCE } from '../../domain/tolerance';
import { SharedClock } from '../../states/shared-clock';
import type { StateStore } from '../../states/state-store';
import { MovableClock } from '../../testing/movable-clock';
import { type RuleFields, readRule } from './rule';
import { RuleChangePoller } from './rule-change-poller';
import { RuleIndex } from './rule-index';
import type { RuleReconciler } from './rule-reconciler';

interface Stored extends RuleFields {
  readonly updated: number;
}

/** A poller over heartbeats in memory; nothing but its looks for changes learns of them. */
class Site {
  readonly clock = new MovableClock();
  readonly stored: Stored[] = [];
  /** Of each look, the ids that were to be looked at. */
  readonly noticed: string[][] = [];
  /** Of each look, how many heartbeats were read. */
  readonly read: number[] = [];
  private readonly ruleIndex = new RuleIndex();
  private readonly poller: RuleChangePoller;

  constructor() {
    const heartbeats = {
      rawBatches: (filter: { updated: { $gte: number } }) => this.found(filter.updated.$gte),
    } as unknown as HeartbeatCollection;
    const reconciler = {
      reconcile: (ids: string[]) => Promise.resolve(this.learn(ids)),
      ruleOf: (heartbeat: RuleFields) => readRule(heartbeat, NO_TOLERANCE),
      reconcileRepeating: () => Promise.resolve(),
      reconcileRange: (after: string) => Promise.resolve(`${after}.`),
    } as unknown as RuleReconciler;
    const clock = new SharedClock(this.clock, { serverTime: () => Promise.resolve(undefined) });
    const store = { readAll: () => Promise.resolve([]) } as unknown as StateStore;
    this.poller = new RuleChangePoller({ ruleIndex: this.ruleIndex, store, heartbeats, reconciler, clock });
  }

  /** Heartbeats by the API of another process, whose clock may be wrong. */
  add(count: number, behindMs = 0): string[] {
    const updated = Math.floor((this.clock.now() - behindMs) / 1000);
    const ids = Array.from({ length: count }, (_, n) => `h${this.stored.length + n}`);
    for (const _id of ids)
      this.stored.push({ _id, pattern: { connector: _id }, expected_interval: '1h', updated });
    return ids;
  }

  /** A second passes. @returns what is noticed then */
  async look(): Promise<string[]> {
    this.clock.pass(1_000);
    this.noticed.push([]);
    await this.poller.look();
    return this.noticed.at(-1) ?? [];
  }

  /** @returns at which of so many looks each of these was noticed, 1 for the first; none where it was not */
  async looksUntilNoticed(ids: readonly string[], most: number): Promise<(number | undefined)[]> {
    const at = new Map<string, number>();
    for (let look = 1; look <= most; look += 1) for (const id of await this.look()) at.set(id, look);
    return ids.map((id) => at.get(id));
  }

  private learn(ids: readonly string[]): void {
    this.noticed.at(-1)?.push(...ids);
    for (const id of ids) {
      const heartbeat = this.stored.find(({ _id }) => _id === id);
      const rule = heartbeat && readRule(heartbeat, NO_TOLERANCE);
      if (rule?.valid) this.ruleIndex.put(rule, { revision: 1, state: 'waiting' });
    }
  }

  private async *found(since: number): AsyncGenerator<Buffer[], void> {
    const found = this.stored.filter(({ updated }) => updated >= since);
    this.read.push(found.length);
    yield await Promise.resolve(found.map((each) => Buffer.from(mongo.BSON.serialize(each))));
  }
}

describe('looks for changes', () => {
  let site: Site;

  beforeEach(() => (site = new Site()));

  it('notice at the next look what another process stored, though its clock is 8 s behind', async () => {
    expect(await site.looksUntilNoticed(site.add(3, 8_000), 2)).toEqual([1, 1, 1]);
  });

  it('notice within two looks, while many change, what one with such a clock stored', async () => {
    for (let round = 0; round < 12; round += 1) {
      site.add(300);
      await site.look();
    }
    const late = site.add(1, 8_000);
    const right = site.add(1);
    const [behind = Infinity, atOnce] = await site.looksUntilNoticed([...late, ...right], 5);
    expect(behind).toBeLessThanOrEqual(2);
    expect(atOnce).toBe(1);
  });

  it('read each at few looks while many change, and go back all the way again afterwards', async () => {
    for (let round = 0; round < 30; round += 1) {
      site.add(300);
      await site.look();
    }
    const timesRead = site.read.reduce((sum, read) => sum + read, 0) / site.stored.length;
    expect(timesRead).toBeLessThan(8);
    for (let quiet = 0; quiet < 20; quiet += 1) await site.look();
    expect(await site.looksUntilNoticed(site.add(1, 8_000), 1)).toEqual([1]);
  });
});
