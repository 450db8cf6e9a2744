import { Injectable, Logger } from '@nestjs/common';
import type { StoredHeartbeat } from '../heartbeat.schema';
import { patternKey } from '../../domain/pattern';
import { duplicatePositions } from '../../database/duplicate-key';
import { HeartbeatCollection, type HeartbeatFilter, type HeartbeatWrite } from '../heartbeat-collection';
import { storedIdOf } from '../stored-id';
import { BulkJournal, type JournalEntry } from './bulk-journal';
import { chunksOf } from './chunks';
import { keysOf, withSafePattern } from './marking';

/** Does what is left to do of a bulk. All of it can be done again, by any process, from wherever another one stopped. */
@Injectable()
export class BulkFinisher {
  private readonly logger = new Logger(BulkFinisher.name);

  constructor(
    private readonly collection: HeartbeatCollection,
    private readonly journal: BulkJournal,
  ) {}

  /** Makes it as if an open bulk had never been, unless it was decided otherwise meanwhile. @throws DatabaseError */
  async undo(entry: JournalEntry): Promise<void> {
    if (entry.state === 'open' && !(await this.journal.decide(entry, 'undoing'))) return;
    for (const touched of this.touchedBy(entry)) {
      if (entry.kind === 'create') await this.collection.delete(touched);
      else if (entry.kind === 'remove') await this.unmark(touched);
      else await this.restore(entry, touched);
      await this.journal.beat(entry);
    }
    await this.journal.close(entry);
  }

  /** Does what a committed bulk still has to do. @throws DatabaseError */
  async finish(entry: JournalEntry): Promise<void> {
    // A mark whose bulk is done means nothing: what was created may keep it.
    const left = entry.kind === 'create' ? [] : this.touchedBy(entry);
    if (entry.kind === 'replace') await this.giveUpKeys(entry);
    else
      for (const touched of left) {
        await this.collection.delete(touched);
        await this.journal.beat(entry);
      }
    await this.journal.close(entry);
  }

  /** @returns what finds the heartbeats of a bulk, as far as it has got to them, in chunks */
  private touchedBy({ _id: bulk, ids }: JournalEntry): HeartbeatFilter[] {
    return chunksOf(ids).map((chunk) => ({ _id: { $in: chunk }, bulk }));
  }

  private async unmark(touched: HeartbeatFilter): Promise<void> {
    await this.collection.update(touched, { $unset: { bulk: '' } });
  }

  private async restore({ _id: bulk }: JournalEntry, touched: HeartbeatFilter): Promise<void> {
    const found = await this.collection.readAll(touched);
    await this.collection.write(
      found.flatMap((stored) => {
        const { before } = stored;
        if (!before) return [];
        const _id = storedIdOf(stored);
        return [{ replaceOne: { filter: { _id, bulk }, replacement: withSafePattern({ ...before, _id }) } }];
      }),
    );
  }

  /** All give up the names and patterns that they had first, and then those take theirs that waited for it. */
  private async giveUpKeys(entry: JournalEntry): Promise<void> {
    for (const touched of this.touchedBy(entry)) {
      const found = await this.collection.readAll(touched);
      await this.collection.write(
        found.map((stored) => (isHolding(stored) ? settling(stored) : releasing(stored))),
      );
      await this.journal.beat(entry);
    }
    for (const touched of this.touchedBy(entry)) {
      const found = await this.collection.readAll(touched);
      await this.takeKeys(found);
    }
  }

  private async takeKeys(waiting: readonly StoredHeartbeat[]): Promise<void> {
    try {
      await this.collection.write(waiting.map(settling));
    } catch (error) {
      const lost = duplicatePositions(error);
      if (lost === undefined) throw error;
      const losers = lost.flatMap((index) => waiting[index] ?? []);
      const ids = losers.map(storedIdOf);
      const named = losers.map(({ _id }) => _id).join(', ');
      this.logger.warn(`these heartbeats repeat the pattern of another one, which alone counts: ${named}`);
      await this.collection.update({ _id: { $in: ids } }, { $unset: { bulk: '', before: '' } });
    }
  }
}

const isHolding = ({ pattern, pattern_key }: StoredHeartbeat): boolean =>
  keysOf(pattern_key).includes(patternKey(pattern));

/** The heartbeat has its own keys, and no more. */
function settling(stored: StoredHeartbeat): HeartbeatWrite {
  const { bulk, pattern, name_key } = stored;
  const [name] = keysOf(name_key);
  const $set = { pattern_key: patternKey(pattern), ...(name !== undefined && { name_key: name }) };
  const $unset = { bulk: '', before: '', repeats: '' } as const;
  return { updateOne: { filter: { _id: storedIdOf(stored), bulk }, update: { $set, $unset } } };
}

/** Its pattern is another one's of the bulk, who still has it. */
const releasing = (stored: StoredHeartbeat): HeartbeatWrite => ({
  updateOne: {
    filter: { _id: storedIdOf(stored), bulk: stored.bulk },
    update: { $unset: { pattern_key: '' } },
  },
});
