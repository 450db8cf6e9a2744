import { Injectable } from '@nestjs/common';
import type { V4Item } from '../../canopsis/v4/body';
import { type V4Document, v4Document } from '../../canopsis/v4/document';
import { idsNotFound } from '../../canopsis/v4/v4-error';
import { DatabaseError } from '../../canopsis/canopsis-error';
import type { StoredHeartbeat } from '../heartbeat.schema';
import { TimeoutError } from '../../util/timeout';
import { Turns } from '../../util/turns';
import { BulkWriter } from '../bulk/bulk-writer';
import { chunksOf } from '../bulk/chunks';
import { ContendedError, whileContended } from '../contention';
import { isDuplicateKey } from '../../database/duplicate-key';
import { HeartbeatChanges } from '../heartbeat-changes';
import { HeartbeatCollection } from '../heartbeat-collection';
import { HolderLookup } from './holders';
import type { Proposal } from './judge';
import { Proposals } from './proposals';
import { V4Documents, asAnswered } from './v4-documents';

/**
 * So many bulks are written at once. More would not be done earlier, but each of their operations would wait for those of all others,
 * longer than a database that is well is given.
 */
const AT_ONCE = 2;

/**
 * Many heartbeats with one call: all of it, or nothing (contract: API v4, "Bulk"). Every method throws `DatabaseError` when the
 * database fails, and a `V4Error` where it says so.
 */
@Injectable()
export class HeartbeatV4BulkService {
  private readonly turns = new Turns(AT_ONCE, (error) => this.isLost(error));
  /** How many operations in a row took too long. */
  private lateInARow = 0;

  constructor(
    private readonly collection: HeartbeatCollection,
    private readonly proposals: Proposals,
    private readonly lookup: HolderLookup,
    private readonly documents: V4Documents,
    private readonly writer: BulkWriter,
    private readonly changes: HeartbeatChanges,
  ) {}

  /** @throws V4Error 400 */
  async create(items: readonly V4Item[]): Promise<V4Document[]> {
    const proposal: Proposal = { kind: 'create', items, bulk: true };
    const stored = await this.inTurn(async (again) => {
      await this.proposals.check(proposal, again);
      const created = items.map((item) => ({ item, document: this.documents.create(item) }));
      await this.writer.create(created.map(({ document }) => document));
      return created;
    });
    const heartbeats = stored.map(({ item, document }) => asAnswered(document, item));
    await this.changes.announceAll(
      heartbeats.map((heartbeat) => ({ kind: 'created', id: heartbeat._id, heartbeat })),
    );
    return heartbeats.map(v4Document);
  }

  /** @throws V4Error 400 and 404 */
  async replace(items: readonly V4Item[]): Promise<V4Document[]> {
    const proposal: Proposal = { kind: 'replace', items, bulk: true };
    const heartbeats = await this.inTurn(async (again) => {
      await this.proposals.check(proposal, again);
      const olds = await this.find(items.map(({ id = '' }) => id));
      await this.proposals.awaitDecided([...olds.values()]);
      const replacements = items.map((item) => {
        const { id = '', heartbeat } = item;
        const old = olds.get(id);
        if (old === undefined) throw new ContendedError(`${id} was removed meanwhile`);
        return { item, old, fields: this.documents.replacement(heartbeat) };
      });
      await this.writer.replace(replacements);
      await this.passOn(replacements.map(({ old }) => old));
      return replacements.map(({ item, old: { _id, created }, fields }) =>
        asAnswered({ _id, ...fields, created }, item),
      );
    });
    await this.changes.announceAll(heartbeats.map(({ _id }) => ({ kind: 'updated', id: _id })));
    return heartbeats.map(v4Document);
  }

  /**
   * @param ids one that stands twice counts once
   * @throws V4Error 404
   */
  async remove(ids: readonly string[]): Promise<void> {
    const distinct = [...new Set(ids)];
    await this.inTurn(async () => {
      const { byId } = await this.lookup.find({ ids: distinct, names: [], patternKeys: [] });
      const found = distinct.flatMap((id) => byId.get(id) ?? []);
      const unknown = ids.filter((id) => !byId.has(id));
      const refusal = unknown.length > 0 ? idsNotFound(unknown) : undefined;
      await this.proposals.awaitDecided(found, refusal);
      if (refusal) throw refusal;
      await this.writer.remove(found);
      await this.passOn(found);
    });
    await this.changes.announceAll(distinct.map((id) => ({ kind: 'removed', id })));
  }

  private inTurn<T>(work: (again: boolean) => Promise<T>): Promise<T> {
    return this.turns.run(async () => {
      const done = await whileContended(work);
      this.lateInARow = 0;
      return done;
    });
  }

  /** Whether whoever waits for its turn waits in vain. That a single operation took too long may be the machine's fault. */
  private isLost(error: unknown): boolean {
    if (!(error instanceof DatabaseError)) return false;
    const isContended = error.cause instanceof ContendedError || isDuplicateKey(error.cause);
    if (isContended) return false;
    if (!(error.cause instanceof TimeoutError)) return true;
    this.lateInARow += 1;
    return this.lateInARow >= AT_ONCE;
  }

  /** Patterns that had to be waited for are others' now. */
  private async passOn(olds: readonly Pick<StoredHeartbeat, 'pattern_key'>[]): Promise<void> {
    const heirs = await this.collection.passOn(olds.map(({ pattern_key }) => pattern_key));
    await this.changes.announceAll(heirs.map((id) => ({ kind: 'updated', id })));
  }

  private async find(ids: readonly string[]): Promise<Map<string, StoredHeartbeat>> {
    const found = new Map<string, StoredHeartbeat>();
    for (const chunk of chunksOf(ids))
      for (const stored of await this.collection.readByIds(chunk)) found.set(stored._id, stored);
    return found;
  }
}
