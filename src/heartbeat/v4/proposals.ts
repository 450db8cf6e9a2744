import { Inject, Injectable } from '@nestjs/common';
import type { V4Generation } from '../../canopsis/v4/generation';
import { V4_GENERATION } from '../heartbeat.options';
import { BulkJournal } from '../bulk/bulk-journal';
import { ContendedError } from '../contention';
import { type Holder, HolderLookup, type Holders } from './holders';
import { type Proposal, judge, wantedBy } from './judge';

/** Holds proposals against what is stored now. */
@Injectable()
export class Proposals {
  constructor(
    private readonly lookup: HolderLookup,
    private readonly journal: BulkJournal,
    @Inject(V4_GENERATION) private readonly generation: V4Generation,
  ) {}

  /**
   * @param again whether the database refused it, though nothing was said against it before
   * @returns what it was held against
   * @throws V4Error 400 and 404 where it is refused, ContendedError where that is not decided yet, DatabaseError
   */
  async check(proposal: Proposal, again: boolean): Promise<Holders> {
    const wanted = wantedBy(proposal);
    const holders = await this.lookup.find(wanted);
    const { refusal, dependsOn } = judge(proposal, holders, this.generation);
    await this.awaitDecided(dependsOn, refusal);
    if (refusal) throw refusal;
    if (again) await this.lookup.releaseStale(wanted.names);
    return holders;
  }

  /**
   * @param otherwise what is said of a request that this is in the way of for too long
   * @throws ContendedError where a bulk, which is not decided yet, has to do with any of these
   */
  async awaitDecided(heartbeats: readonly Pick<Holder, 'bulk'>[], otherwise?: Error): Promise<void> {
    const bulks = new Set(heartbeats.flatMap(({ bulk }) => bulk ?? []));
    const by = await this.journal.underWay([...bulks]);
    if (by !== '') throw new ContendedError('a bulk is not decided yet', otherwise, by);
  }
}
