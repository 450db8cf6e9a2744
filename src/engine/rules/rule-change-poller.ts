import { hash } from 'node:crypto';
import type { HeartbeatCollection } from '../../heartbeat/heartbeat-collection';
import { decoded } from '../../heartbeat/stored-id';
import type { StateStore } from '../../states/state-store';
import type { SharedClock } from '../../states/shared-clock';
import { type Rule, RULE_FIELDS, type RuleFields } from './rule';
import type { RuleIndex } from './rule-index';
import type { RuleReconciler } from './rule-reconciler';

/** How many heartbeats are read at once: few enough to be garbage soon. */
const SLICE = 500;
/** At the start, when each of three steps has a slice in hand: more at once outlive the young generation, and stay. */
const START_SLICE = 250;
/** A round over all heartbeats takes this many looks, of which there is one a second. */
const ROUND_LOOKS = 45;
/** Longer documents are remembered by their digest; in bytes. */
const MOST_REMEMBERED = 1_024;
/** How far the clocks of the machines that share a database may be apart, and writes may take, in milliseconds. */
const OVERLAP_MS = 10_000;
/** While many change, some looks go back as far only as it takes to store one alone, by a machine whose clock is right. */
const SHORT_OVERLAP_MS = 2_000;
/** So many that were read at the last whole look, and since, are many: each would be read at ten looks. */
const MANY_RECENT = 1_000;
/** How far apart the looks that go back all the way may be then, in milliseconds. */
const WHOLE_LOOKS_MS = 2_000;

/** How far apart the rounds are at least that make indexes of the states which are missing, in milliseconds. */
const INDEXES_EVERY_MS = 10_000;

/** What is remembered of a rule that was read. */
type Seen = Pick<Rule, 'id' | 'fingerprint'>;

/** What tells a document from others: its bytes, or their digest where they are many. */
const nameOf = (document: Buffer): string =>
  document.length <= MOST_REMEMBERED ? document.toString('latin1') : hash('sha256', document, 'base64');

/** What a {@link RuleChangePoller} works with. */
export interface RuleChangePollerParts {
  readonly ruleIndex: RuleIndex;
  readonly store: StateStore;
  readonly heartbeats: HeartbeatCollection;
  readonly reconciler: RuleReconciler;
  readonly clock: SharedClock;
}

/**
 * Finds the heartbeats that may have changed: those that the API of another process wrote, by when they were updated, and
 * those that any other program wrote, by going round over all of them, some slices at each look (decision 6). The
 * collection is never read whole.
 */
export class RuleChangePoller {
  private lastLook: number;
  /** When the last look was that went back all the way. */
  private lastWholeLook: number;
  private indexedAt = performance.now();
  private after = '';
  private slicesEach = 1;
  /** How many slices this round has had so far. */
  private slices = 0;
  /** The rules that changed lately, by their bytes: each is seen at several looks, and read at the first of them. */
  private recent = new Map<string, Seen>();

  constructor(private readonly parts: RuleChangePollerParts) {
    this.lastLook = this.lastWholeLook = parts.clock.now();
  }

  /** Learns all rules, as fast as the database gives them. */
  async learnAll(): Promise<void> {
    this.lastLook = this.lastWholeLook = this.parts.clock.now();
    this.slices = (START_SLICE / SLICE) * (await this.parts.reconciler.reconcileAll(START_SLICE));
    await this.learnRecent();
    await this.endRound();
  }

  /** One look; to be made every second. */
  async look(): Promise<void> {
    const { reconciler } = this.parts;
    await this.learnRecent();
    await reconciler.reconcileRepeating();
    for (let slices = 0; slices < this.slicesEach; slices += 1) {
      const after = await reconciler.reconcileRange(this.after, SLICE);
      this.after = after ?? '';
      this.slices += 1;
      if (after === undefined) return this.endRound();
    }
  }

  private async learnRecent(): Promise<void> {
    const { ids, now, whole } = await this.updated();
    await this.parts.reconciler.reconcile([...ids, ...(await this.removed())]);
    this.lastLook = now;
    if (whole) this.lastWholeLook = now;
  }

  private async updated(): Promise<{ ids: string[]; now: number; whole: boolean }> {
    const { ruleIndex, heartbeats, clock, reconciler } = this.parts;
    const now = clock.now();
    const whole = this.recent.size < MANY_RECENT || Math.abs(now - this.lastWholeLook) >= WHOLE_LOOKS_MS;
    const since = whole
      ? Math.min(this.lastWholeLook, now) - OVERLAP_MS
      : Math.min(this.lastLook, now) - SHORT_OVERLAP_MS;
    const ids: string[] = [];
    const known = this.recent;
    const recent = whole ? new Map<string, Seen>() : known;
    const filter = { updated: { $gte: Math.floor(since / 1000) } };
    for await (const batch of heartbeats.rawBatches(filter, { projection: RULE_FIELDS })) {
      for (const document of batch) {
        const bytes = nameOf(document);
        const read = (): RuleFields => decoded<RuleFields>(document);
        const { id, fingerprint } = known.get(bytes) ?? reconciler.ruleOf(read());
        recent.set(bytes, { id, fingerprint });
        if (ruleIndex.get(id)?.rule !== fingerprint) ids.push(id);
      }
    }
    this.recent = recent;
    return { ids, now, whole };
  }

  /** Marked by the API, and kept until their last alarm is sent. */
  private async removed(): Promise<string[]> {
    const options = { projection: { _id: 1 } } as const;
    const found = await this.parts.store.readAll({ removed: true }, options);
    return found.map(({ _id }) => _id);
  }

  /** What was not seen in a whole round may be gone. The next round takes as many slices at each look as it must. */
  private async endRound(): Promise<void> {
    const { ruleIndex, reconciler, store } = this.parts;
    if (performance.now() - this.indexedAt >= INDEXES_EVERY_MS) {
      // They go with a collection that is dropped.
      await store.prepare();
      this.indexedAt = performance.now();
    }
    await reconciler.reconcileForeign();
    await reconciler.reconcile(ruleIndex.nextRound());
    this.slicesEach = Math.max(1, Math.ceil(this.slices / ROUND_LOOKS));
    this.slices = 0;
  }
}
