import type { StoredHeartbeat } from '../../heartbeat/heartbeat.schema';
import type { Tolerance } from '../../domain/tolerance';
import type { HeartbeatCollection } from '../../heartbeat/heartbeat-collection';
import { isUnkeyed } from '../../heartbeat/repeated-patterns';
import { readRule, type Rule, RULE_FIELDS, type RuleFields } from './rule';

/** What a {@link RuleReader} works with. */
export interface RuleReaderParts {
  readonly heartbeats: HeartbeatCollection;
  /** Added to every interval. */
  readonly tolerance: Tolerance;
  /** Told of heartbeats that have become another one's younger or elder while others were read. */
  readonly changed: (ids: readonly string[]) => void;
}

/** Reads rules as they are watched: of several heartbeats with one pattern, the oldest alone (contract: engine, "Documents that others wrote"). */
export class RuleReader {
  constructor(private readonly parts: RuleReaderParts) {}

  /**
   * A heartbeat as it is watched.
   * @param holder whose pattern it is, where the heartbeat repeats it
   */
  ruleOf(heartbeat: RuleFields, holder?: string): Rule {
    return readRule(heartbeat, this.parts.tolerance, holder === heartbeat._id ? undefined : holder);
  }

  /** @returns the rules of those of these heartbeats that there are, by their ids. @throws DatabaseError */
  async rulesById(ids: readonly string[]): Promise<Map<string, Rule>> {
    return this.rulesIn(await this.parts.heartbeats.readByIds(ids, RULE_FIELDS));
  }

  /** What another program wrote is completed first: only then it is known which of several has their pattern. */
  async rulesIn(found: StoredHeartbeat[]): Promise<Map<string, Rule>> {
    const { heartbeats } = this.parts;
    const known = new Map(found.map((heartbeat) => [heartbeat._id, heartbeat]));
    const incomplete = found.filter((each) => isUnkeyed(each) || typeof each.inserted !== 'number');
    if (incomplete.length > 0) {
      const ids = incomplete.map(({ _id }) => _id);
      const { elder, younger } = await heartbeats.complete(ids);
      // One of these may have lost its pattern to another, or got it, though it lacked nothing itself.
      const settled = [...elder, ...younger];
      const again = new Set([...ids, ...settled.filter((id) => known.has(id))]);
      for (const completed of await heartbeats.readByIds([...again], RULE_FIELDS))
        known.set(completed._id, completed);
      this.parts.changed(settled.filter((id) => !known.has(id)));
    }
    const holders = await this.holdersFor([...known.values()]);
    const rules = new Map<string, Rule>();
    for (const [id, each] of known) rules.set(id, this.ruleOf(each, holders.get(each.repeats ?? '')));
    return rules;
  }

  /** @returns of each pattern that is repeated whose it is; where it is nobody's any more, it goes to the next one */
  private async holdersFor(found: readonly StoredHeartbeat[]): Promise<Map<string, string>> {
    const { heartbeats } = this.parts;
    const keys = [...new Set(found.map(({ repeats }) => repeats).filter((key) => typeof key === 'string'))];
    if (keys.length === 0) return new Map();
    const holders = await heartbeats.holdersOf(keys);
    const free = keys.filter((key) => !holders.has(key));
    if (free.length === 0) return holders;
    const heirs = await heartbeats.passOn(free);
    const known = new Set(found.map(({ _id }) => _id));
    this.parts.changed(heirs.filter((id) => !known.has(id)));
    return heartbeats.holdersOf(keys);
  }
}
