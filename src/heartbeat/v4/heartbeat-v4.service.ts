import { Injectable } from '@nestjs/common';
import type { V4Item } from '../../canopsis/v4/body';
import { type V4Document, v4Document } from '../../canopsis/v4/document';
import { notFound } from '../../canopsis/v4/v4-error';
import { ContendedError, whileContended } from '../contention';
import { HeartbeatChanges } from '../heartbeat-changes';
import type { StoredHeartbeat } from '../heartbeat.schema';
import { HeartbeatCollection } from '../heartbeat-collection';
import { storedIdOf } from '../stored-id';
import type { Proposal } from './judge';
import { Proposals } from './proposals';
import { V4Documents, asAnswered } from './v4-documents';

/**
 * Keeps the heartbeats by the rules of version 4 (contract: API v4): names are unique among what it writes, and patterns over
 * both versions. Every method throws `DatabaseError` when the database fails, and a `V4Error` where it says so.
 */
@Injectable()
export class HeartbeatV4Service {
  constructor(
    private readonly collection: HeartbeatCollection,
    private readonly proposals: Proposals,
    private readonly changes: HeartbeatChanges,
    private readonly documents: V4Documents,
  ) {}

  /** @throws V4Error 400 */
  async create(item: V4Item): Promise<V4Document> {
    const proposal: Proposal = { kind: 'create', items: [item], bulk: false };
    const stored = await whileContended(async (again) => {
      await this.proposals.check(proposal, again);
      const document = this.documents.create(item);
      // Whose it is shows when it is tried again.
      if ((await this.collection.insert(document)) === 'duplicate')
        throw new ContendedError('another heartbeat has it');
      return document;
    });
    const heartbeat = asAnswered(stored, item);
    await this.changes.announce({ kind: 'created', id: stored._id, heartbeat });
    return v4Document(heartbeat);
  }

  /** @throws V4Error 404 */
  async get(id: string): Promise<V4Document> {
    const stored = await this.collection.find(id);
    if (!stored) throw notFound();
    return v4Document(stored);
  }

  /**
   * Replaces a heartbeat whole; only its id and the time of its creation stay.
   * @throws V4Error 400 and 404
   */
  async replace(id: string, item: V4Item): Promise<V4Document> {
    const proposal: Proposal = { kind: 'replace', items: [{ ...item, id }], bulk: false };
    const heartbeat = item.heartbeat;
    const stored = await whileContended(async (again) => {
      const self = (await this.proposals.check(proposal, again)).byId.get(id);
      if (self === undefined || heartbeat === undefined) throw notFound();
      const { name_key, ...fields } = this.documents.replacement(heartbeat);
      const keeps = self.name === heartbeat.name;
      // What was judged must still be so: that it has the name, and that no bulk has begun to change it.
      const filter = {
        bulk: self.bulk ?? (null as unknown as undefined),
        ...(keeps && { name: self.name }),
      };
      const update = {
        $set: { ...fields, ...(!keeps && { name_key }) },
        $unset: { bulk: '', before: '', repeats: '' },
      } as const;
      const _id = storedIdOf(self);
      if ((await this.collection.update({ ...filter, _id }, update)) === 0)
        throw new ContendedError(`${id} was changed meanwhile`);
      if (self.pattern_key !== fields.pattern_key) await this.passOn(self);
      return { _id: id, ...fields, pattern: heartbeat.pattern, created: self.created };
    });
    await this.changes.announce({ kind: 'updated', id });
    return v4Document(stored);
  }

  /** @throws V4Error 404 */
  async remove(id: string): Promise<void> {
    const removed = await this.collection.remove(id);
    if (!removed) throw notFound();
    await this.passOn(removed);
    await this.changes.announce({ kind: 'removed', id });
  }

  /** Its pattern is another one's now that had to wait for it. */
  private async passOn({ pattern_key }: Pick<StoredHeartbeat, 'pattern_key'>): Promise<void> {
    const heirs = await this.collection.passOn([pattern_key]);
    await this.changes.announceAll(heirs.map((id) => ({ kind: 'updated', id })));
  }
}
