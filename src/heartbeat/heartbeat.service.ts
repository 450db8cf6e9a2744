import { Inject, Injectable } from '@nestjs/common';
import type { mongo } from 'mongoose';
import { DoneAnswer, Page, done, pageOf } from '../canopsis/answers';
import { heartbeatNotFound, patternExists } from '../canopsis/canopsis-error';
import type { Dialect, HeartbeatDocument, StoredHeartbeat } from '../canopsis/dialect';
import { CLOCK, Clock } from '../time/clock';
import type { HeartbeatDto } from './dto/heartbeat.dto';
import type { ListQueryDto } from './dto/list-query.dto';
import { isDuplicateKey } from './duplicate-key';
import { HeartbeatChange, HeartbeatChanges } from './heartbeat-changes';
import { HeartbeatCollection } from './heartbeat-collection';
import { DIALECT } from './heartbeat.options';
import { IN_TIME, LONG_PATIENCE_MS } from './patience';
import { containing } from './search';
import { StoredFields, storedFields } from './stored-fields';

const SEARCHED = ['name', 'description', 'author', '_id'] as const;

/**
 * Keeps the heartbeats: the rules of the API contract, whatever the transport. Every method throws `DatabaseError`
 * when the database fails, and a `CanopsisError` where it says so.
 */
@Injectable()
export class HeartbeatService {
  constructor(
    private readonly collection: HeartbeatCollection,
    @Inject(DIALECT) private readonly dialect: Dialect,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly changes: HeartbeatChanges,
  ) {}

  /**
   * Stores a new heartbeat.
   * @throws CanopsisError 400 `heartbeat pattern already exists`
   */
  async create(heartbeat: HeartbeatDto): Promise<DoneAnswer> {
    const fields = this.fieldsOf(heartbeat);
    const _id = this.dialect.newId(heartbeat.pattern);
    const stored = { _id, ...fields, created: fields.updated, inserted: this.collection.nextInserted() };
    await this.refusingDuplicates(this.collection.insert(stored));
    return this.announced({ kind: 'created', id: _id, heartbeat: { ...stored, pattern: heartbeat.pattern } });
  }

  /** @returns all heartbeats, in the dialect's order */
  async list(): Promise<HeartbeatDocument[]> {
    const { listOrder } = this.dialect;
    const sort = { created: listOrder, inserted: listOrder };
    const stored = await this.collection.readAll(
      (heartbeats) => heartbeats.find({}, { sort }),
      LONG_PATIENCE_MS,
    );
    return stored.map((document) => this.dialect.present(document));
  }

  /** @returns one page, sorted and searched as asked; no data past the end */
  async page(query: ListQueryDto): Promise<Page<HeartbeatDocument>> {
    const { page, limit, search, sort, sort_by } = query;
    const filter: mongo.Filter<StoredHeartbeat> = search
      ? { $or: SEARCHED.map((field) => ({ [field]: { $regex: containing(search) } })) }
      : {};
    const field = sort_by === 'expected_interval' ? 'interval_seconds' : sort_by;
    const order: Record<string, 1 | -1> = {
      [field]: sort === 'asc' ? 1 : -1,
      ...(field !== '_id' && { _id: 1 }),
    };
    const options = { sort: order, skip: (page - 1) * limit, limit };
    const [total, stored] = await Promise.all([
      this.collection.run((heartbeats) => heartbeats.countDocuments(filter, IN_TIME)),
      this.collection.readAll((heartbeats) => heartbeats.find(filter, options)),
    ]);
    const data = stored.map((document) => this.dialect.present(document));
    return pageOf(data, page, limit, total);
  }

  /** @throws CanopsisError 404 `heartbeat not found` */
  async get(id: string): Promise<HeartbeatDocument> {
    const stored = await this.collection.find(id);
    if (!stored) throw heartbeatNotFound(id);
    return this.dialect.present(stored);
  }

  /**
   * Replaces a heartbeat whole; only its id and the time of its creation stay.
   * @throws CanopsisError 404 `heartbeat not found`, 400 `heartbeat pattern already exists` (another one's)
   */
  async replace(id: string, heartbeat: HeartbeatDto): Promise<DoneAnswer> {
    const fields = this.fieldsOf(heartbeat);
    const absent = Object.fromEntries(
      (['author', 'name', 'description', 'output'] as const)
        .filter((text) => fields[text] === undefined)
        .map((text) => [text, '' as const]),
    );
    const update = { $set: fields, ...(Object.keys(absent).length > 0 && { $unset: absent }) };
    const { matchedCount } = await this.refusingDuplicates(
      this.collection.run((heartbeats) => heartbeats.updateOne({ _id: id }, update)),
    );
    if (matchedCount === 0) throw heartbeatNotFound(id);
    return this.announced({ kind: 'updated', id });
  }

  /** @throws CanopsisError 404 `heartbeat not found` */
  async remove(id: string): Promise<DoneAnswer> {
    const { deletedCount } = await this.collection.run((heartbeats) => heartbeats.deleteOne({ _id: id }));
    if (deletedCount === 0) throw heartbeatNotFound(id);
    return this.announced({ kind: 'removed', id });
  }

  private async announced(change: HeartbeatChange): Promise<DoneAnswer> {
    await this.changes.announce(change);
    return done(change.kind, change.id);
  }

  private async refusingDuplicates<T>(write: Promise<T>): Promise<T> {
    try {
      return await write;
    } catch (error) {
      throw isDuplicateKey(error) ? patternExists() : error;
    }
  }

  private fieldsOf(heartbeat: HeartbeatDto): StoredFields & { updated: number } {
    return { ...storedFields(heartbeat), updated: this.seconds() };
  }

  private seconds(): number {
    return Math.floor(this.clock.now() / 1000);
  }
}
