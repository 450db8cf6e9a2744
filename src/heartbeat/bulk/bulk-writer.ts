import { Injectable } from '@nestjs/common';
import type { StoredHeartbeat } from '../heartbeat.schema';
import { byCodePoint } from '../../util/by-code-point';
import { ContendedError } from '../contention';
import { isDuplicateKey } from '../../database/duplicate-key';
import { HeartbeatCollection, type HeartbeatWrite } from '../heartbeat-collection';
import { BulkFinisher } from './bulk-finisher';
import { BulkJournal, type BulkKind, type JournalEntry } from './bulk-journal';
import { storedIdOf } from '../stored-id';
import { PacedChunks } from './chunks';
import { type Replacement, marking, replacing } from './marking';

/**
 * Writes many heartbeats, all or none, on a database without transactions (decision on bulk calls).
 *
 * 1. An entry in the journal names the heartbeats. 2. They are written, each marked with the entry's id. 3. The entry becomes
 * `committed`: from here on the bulk stands, before it counts as not begun. 4. What it held in reserve is given up, and the entry
 * removed. Where anything is refused in 2, what was written is undone. Where the process dies, `BulkRecovery` does the rest.
 */
@Injectable()
export class BulkWriter {
  private readonly chunks = new PacedChunks();

  constructor(
    private readonly collection: HeartbeatCollection,
    private readonly journal: BulkJournal,
    private readonly finisher: BulkFinisher,
  ) {}

  /** @throws the driver's error where a unique index refuses one, ContendedError, DatabaseError */
  create(documents: readonly StoredHeartbeat[]): Promise<void> {
    const inOrder = [...documents].sort((a, b) => byKey(a, b));
    return this.write('create', inOrder, (bulk) =>
      inOrder.map((document) => ({ insertOne: { document: { ...document, bulk } } })),
    );
  }

  /** @throws the driver's error where a unique index refuses one, ContendedError where one has changed, DatabaseError */
  replace(replacements: readonly Replacement[]): Promise<void> {
    const inOrder = [...replacements].sort((a, b) => byKey(a.fields, b.fields));
    return this.write(
      'replace',
      inOrder.map(({ old }) => old),
      (bulk) => replacing(inOrder, bulk),
    );
  }

  /** @throws ContendedError where one has changed, DatabaseError */
  remove(documents: readonly Pick<StoredHeartbeat, '_id' | 'bulk'>[]): Promise<void> {
    return this.write('remove', documents, (bulk) => documents.map((document) => marking(document, bulk)));
  }

  private async write(
    kind: BulkKind,
    documents: readonly { readonly _id: string }[],
    operationsOf: (bulk: string) => HeartbeatWrite[],
  ): Promise<void> {
    const entry = await this.journal.open(kind, documents.map(storedIdOf));
    try {
      await this.prepare(entry, operationsOf(entry._id));
    } catch (error) {
      // After a failure of the database it is not known what is still under way to it: that is undone later.
      if (isDuplicateKey(error) || error instanceof ContendedError) await this.finisher.undo(entry);
      throw error;
    }
    if (!(await this.journal.decide(entry, 'committed')))
      throw new ContendedError('another process took the bulk for abandoned');
    await this.finisher.finish(entry);
  }

  /** In order: of several bulks that want the same, the one that gets the first gets all. */
  private async prepare(entry: JournalEntry, operations: readonly HeartbeatWrite[]): Promise<void> {
    await this.chunks.each(operations, async (chunk) => {
      if ((await this.collection.write(chunk, { ordered: true })) < chunk.length)
        throw new ContendedError('a heartbeat was changed meanwhile');
      if (chunk.length < operations.length) await this.journal.beat(entry);
    });
  }
}

const byKey = (a: Pick<StoredHeartbeat, 'pattern_key'>, b: Pick<StoredHeartbeat, 'pattern_key'>): number =>
  byCodePoint(a.pattern_key ?? '', b.pattern_key ?? '');
