import { Injectable } from '@nestjs/common';
import type { StoredHeartbeat } from '../heartbeat.schema';
import { nameKey } from '../../domain/name';
import { RequestCoalescer } from '../../util/request-coalescer';
import { chunksOf } from '../bulk/chunks';
import { keysOf } from '../bulk/marking';
import { CallGuard } from '../../database/call-guard';
import { HeartbeatCollection, type HeartbeatFilter } from '../heartbeat-collection';
import { REQUEST_TIMEOUT_MS } from '../../database/timeouts';

const HOLDER_FIELDS = { name: 1, pattern_key: 1, bulk: 1, created: 1 } as const;

/** A stored heartbeat that has an id, a name or a pattern that somebody wants. */
export type Holder = Pick<StoredHeartbeat, '_id' | keyof typeof HOLDER_FIELDS>;

/** What somebody wants. */
export interface Wanted {
  readonly ids: readonly string[];
  readonly names: readonly string[];
  readonly patternKeys: readonly string[];
}

/** Who has it. */
export interface Holders {
  readonly byId: ReadonlyMap<string, Holder>;
  readonly byName: ReadonlyMap<string, readonly Holder[]>;
  readonly byPatternKey: ReadonlyMap<string, Holder>;
}

/** So many things at once are asked for by themselves, however long that takes. */
const MANY = 100;

const READING = { maxBatchSize: 500, maxInFlight: 2, timeoutMs: REQUEST_TIMEOUT_MS };

/** Asks the stored heartbeats who has what somebody wants. */
@Injectable()
export class HolderLookup {
  private readonly finding = new RequestCoalescer<Wanted, Holders>(async (batch) => {
    const found = await this.findTogether({
      ids: batch.flatMap(({ ids }) => ids),
      names: batch.flatMap(({ names }) => names),
      patternKeys: batch.flatMap(({ patternKeys }) => patternKeys),
    });
    return batch.map(() => found);
  }, READING);

  constructor(
    private readonly collection: HeartbeatCollection,
    private readonly guard: CallGuard,
  ) {}

  /**
   * @returns who has what is wanted, and perhaps others: what is asked at the same moment is asked together
   * @throws DatabaseError
   */
  find(wanted: Wanted): Promise<Holders> {
    const { ids, names, patternKeys } = wanted;
    return Math.max(ids.length, names.length, patternKeys.length) > MANY
      ? this.findTogether(wanted)
      : this.guard.run(() => this.finding.run(wanted));
  }

  private async findTogether({ ids, names, patternKeys }: Wanted): Promise<Holders> {
    // What is judged last is read first: whose pattern is seen, its name and id are seen as well, which are told instead.
    const byPatternKey = await this.among('pattern_key', patternKeys);
    const [byId, byName] = await Promise.all([this.among('_id', ids), this.among('name', names)]);
    const bearers = new Map<string, Holder[]>();
    for (const holder of byName)
      bearers.set(holder.name ?? '', [...(bearers.get(holder.name ?? '') ?? []), holder]);
    return {
      byId: new Map(byId.map((holder) => [holder._id, holder])),
      byName: bearers,
      byPatternKey: new Map(
        byPatternKey.flatMap((holder) => keysOf(holder.pattern_key).map((key) => [key, holder])),
      ),
    };
  }

  /**
   * Releases names from heartbeats that another program has renamed since version 4 claimed them.
   * @throws DatabaseError
   */
  async releaseStale(names: readonly string[]): Promise<void> {
    const stale = names.map((name) => ({ name_key: nameKey(name), name: { $ne: name }, before: null }));
    for (const filter of stale) await this.collection.update(filter as object, { $unset: { name_key: '' } });
  }

  private async among(field: '_id' | 'name' | 'pattern_key', values: readonly string[]): Promise<Holder[]> {
    const found: Holder[] = [];
    for (const chunk of chunksOf(values)) {
      if (field === '_id') {
        found.push(...(await this.collection.readByIds(chunk, HOLDER_FIELDS)));
        continue;
      }
      const filter: HeartbeatFilter = { [field]: chunk.length === 1 ? chunk[0] : { $in: chunk } };
      found.push(...(await this.collection.readAll(filter, { projection: HOLDER_FIELDS })));
    }
    return found;
  }
}
