import { Inject, Injectable } from '@nestjs/common';
import { Readable } from 'node:stream';
import { v4Document } from '../../canopsis/v4/document';
import type { V4Generation } from '../../canopsis/v4/generation';
import type { V4ListQuery } from '../../canopsis/v4/list-query';
import { pageOutOfRange } from '../../canopsis/v4/v4-error';
import { HeartbeatCollection, type HeartbeatFilter } from '../heartbeat-collection';
import { V4_GENERATION } from '../heartbeat.options';
import type { StoredHeartbeat } from '../heartbeat.schema';
import { LargeLists } from '../large-lists';
import { searching } from '../search';
import { storedFieldFor } from '../stored-fields';

/** Heartbeats that follow those of another part in the list, in an order of their own. */
interface Part {
  readonly filter: HeartbeatFilter;
  readonly sort: Record<string, 1 | -1>;
}

/** How many heartbeats are read at once; a longer page is never in memory as a whole. */
const SLICE = 1_000;

/** The list of version 4 (contract: API v4, "List"). */
@Injectable()
export class HeartbeatV4List {
  constructor(
    private readonly collection: HeartbeatCollection,
    private readonly large: LargeLists,
    @Inject(V4_GENERATION) private readonly generation: V4Generation,
  ) {}

  /**
   * @returns a page as JSON; a stream where it is long, which ends with an error where the database fails
   * @throws V4Error 400 `page is out of range`, DatabaseError where it fails before the first byte
   */
  async page(query: V4ListQuery): Promise<string | Readable> {
    return (await this.largePage(query)) ?? this.storedPage(query);
  }

  /** A page that is cut in memory; undefined where the database has to be asked for it. */
  private async largePage(query: V4ListQuery): Promise<string | undefined> {
    const { page, limit, paginate, sort, sort_by, search } = query;
    if (!paginate || limit > SLICE) return undefined;
    const within = this.generation.searchesIds ? 'texts and id' : 'texts';
    const skip = (page - 1) * limit;
    const large = await this.large.read({ sort_by, sort, search, within, skip, limit });
    return large && `{"data":[${asItems(large.heartbeats)}],"meta":${metaOf(page, limit, large.total)}}`;
  }

  private async storedPage(query: V4ListQuery): Promise<string | Readable> {
    const parts = await Promise.all(this.partsOf(query).map((part) => this.counted(part)));
    const total = parts.reduce((sum, { count }) => sum + count, 0);
    const { page, limit } = query.paginate ? query : { page: 1, limit: total };
    const meta = metaOf(page, limit, total);
    const pieces = this.pieces(parts, (page - 1) * limit, Math.min(limit, total));
    const first = await pieces.next();
    const json = asJson(first.done ? '' : first.value, pieces, meta);
    return limit > SLICE ? Readable.from(json, { objectMode: false }) : wholeOf(json);
  }

  private async counted(part: Part): Promise<Part & { count: number }> {
    return { ...part, count: await this.collection.count(part.filter) };
  }

  /** Batches of heartbeats as JSON, separated by commas: so many after those that are skipped, of all parts together. */
  private async *pieces(
    parts: readonly (Part & { count: number })[],
    skip: number,
    limit: number,
  ): AsyncGenerator<string, void> {
    for (const { filter, sort, count } of parts) {
      const here = Math.min(limit, Math.max(0, count - skip));
      const options = { sort, skip, limit: here, batchSize: SLICE };
      skip = Math.max(0, skip - count);
      limit -= here;
      if (here === 0) continue;
      for await (const batch of this.collection.batches(filter, options)) yield asItems(batch);
    }
  }

  /** Absent texts are shown as empty ones, so these come first as one group. */
  private partsOf({ search, sort, sort_by }: V4ListQuery): Part[] {
    const found = searching(this.searched, search);
    const direction = sort === 'asc' ? 1 : -1;
    if (sort_by === '_id') return [{ filter: found, sort: { _id: direction } }];
    if (sort_by !== 'name' && sort_by !== 'author') {
      return [{ filter: found, sort: { [storedFieldFor(sort_by)]: direction, _id: 1 } }];
    }
    const empty = {
      filter: { ...found, [sort_by]: { $in: [null, ''] } } as HeartbeatFilter,
      sort: { _id: 1 as const },
    };
    const filled = {
      filter: { ...found, [sort_by]: { $nin: [null, ''] } } as HeartbeatFilter,
      sort: { [sort_by]: direction, _id: 1 } as Part['sort'],
    };
    return sort === 'asc' ? [empty, filled] : [filled, empty];
  }

  private get searched(): string[] {
    return ['name', 'description', 'author', ...(this.generation.searchesIds ? ['_id'] : [])];
  }
}

/** @throws V4Error 400 `page is out of range` */
function metaOf(page: number, limit: number, total: number): string {
  const page_count = Math.max(1, Math.ceil(total / Math.max(1, limit)));
  if (page > page_count) throw pageOutOfRange();
  return JSON.stringify({ page, per_page: limit, page_count, total_count: total });
}

const asItems = (heartbeats: readonly StoredHeartbeat[]): string =>
  heartbeats.map((stored) => JSON.stringify(v4Document(stored))).join(',');

async function* asJson(
  first: string,
  rest: AsyncGenerator<string, void>,
  meta: string,
): AsyncGenerator<string, void> {
  yield `{"data":[${first}`;
  for await (const piece of rest) yield `,${piece}`;
  yield `],"meta":${meta}}`;
}

async function wholeOf(pieces: AsyncGenerator<string, void>): Promise<string> {
  let text = '';
  for await (const piece of pieces) text += piece;
  return text;
}
