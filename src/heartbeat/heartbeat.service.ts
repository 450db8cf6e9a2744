import { Inject, Injectable } from '@nestjs/common';
import { DoneAnswer, Page, done, pageOf } from '../canopsis/answers';
import { CanopsisError, heartbeatNotFound, patternExists } from '../canopsis/canopsis-error';
import { isDuplicateKey } from '../database/duplicate-key';
import { STREAM_TIMEOUT_MS } from '../database/timeouts';
import type { Dialect, HeartbeatDocument } from '../domain/dialect';
import type { StoredHeartbeat } from './heartbeat.schema';
import { CLOCK, Clock } from '../util/clock';
import type { HeartbeatDto } from './dto/heartbeat.dto';
import type { ListQueryDto } from './dto/list-query.dto';
import { validListQuery } from './dto/list-query.pipe';
import { validHeartbeat } from './dto/valid-heartbeat';
import { HeartbeatChange, HeartbeatChanges } from './heartbeat-changes';
import { HeartbeatCollection } from './heartbeat-collection';
import { InsertionOrder } from './insertion-order';
import { DIALECT } from './heartbeat.options';
import { LargeLists } from './large-lists';
import { searched } from './searched-heartbeats';
import { StoredFields, storedFieldFor, storedFields } from './stored-fields';

type Keyed = Pick<StoredHeartbeat, 'pattern_key'>;
type NewFields = StoredFields & { readonly updated: number };

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
    private readonly order: InsertionOrder,
    private readonly large: LargeLists,
  ) {}

  /**
   * Stores a new heartbeat.
   * @param given held to the same rules as a body that comes over HTTP; fields that a heartbeat does not have are ignored
   * @returns `{ name: 'heartbeat created', description: id }`
   * @throws CanopsisError 400 `invalid heartbeat payload.`, `heartbeat pattern already exists`
   */
  async create(given: HeartbeatDto): Promise<DoneAnswer> {
    const heartbeat = validHeartbeat(given);
    const fields = this.fieldsOf(heartbeat);
    const _id = this.dialect.newId(heartbeat.pattern);
    const stored = { _id, ...fields, created: fields.updated, inserted: this.order.next() };
    if ((await this.collection.insert(stored)) === 'duplicate')
      throw await this.duplicate(fields.pattern_key);
    return this.announced({ kind: 'created', id: _id, heartbeat: { ...stored, pattern: heartbeat.pattern } });
  }

  /** @returns all heartbeats, in the dialect's order */
  async list(): Promise<HeartbeatDocument[]> {
    const { listOrder } = this.dialect;
    const sort = { created: listOrder, inserted: listOrder };
    const stored = await this.collection.readAll({}, { sort }, STREAM_TIMEOUT_MS);
    return stored.map((document) => this.dialect.present(document));
  }

  /**
   * @param query what is absent has its default: page 1, 10 on it, the last created first
   * @returns one page, sorted and searched as asked; no data past the end
   * @throws CanopsisError 400 `invalid query parameter: <name>.`
   */
  async page(query: Partial<ListQueryDto> = {}): Promise<Page<HeartbeatDocument>> {
    const { page, limit, search, sort, sort_by } = validListQuery(query);
    const part = { sort_by, sort, search, within: 'all', skip: (page - 1) * limit, limit } as const;
    const large = await this.large.read(part);
    if (large) return this.shownPage(large.heartbeats, page, limit, large.total);
    const field = storedFieldFor(sort_by);
    const order: Record<string, 1 | -1> = {
      [field]: sort === 'asc' ? 1 : -1,
      ...(field !== '_id' && { _id: 1 }),
    };
    const options = { sort: order, skip: part.skip, limit };
    const [total, stored] =
      search === ''
        ? await Promise.all([this.collection.countAll(), this.collection.readAll({}, options)])
        : await searched(this.collection, search, options);
    return this.shownPage(stored, page, limit, total);
  }

  private shownPage(
    stored: readonly StoredHeartbeat[],
    page: number,
    limit: number,
    total: number,
  ): Page<HeartbeatDocument> {
    const data = stored.map((document) => this.dialect.present(document));
    return pageOf(data, page, limit, total);
  }

  /** @throws CanopsisError 404 `heartbeat not found` */
  async get(id: string): Promise<HeartbeatDocument> {
    checkId(id);
    const stored = await this.collection.find(id);
    if (!stored) throw heartbeatNotFound(id);
    return this.dialect.present(stored);
  }

  /**
   * Replaces a heartbeat whole; only its id and the time of its creation stay.
   * @param given as for {@link create}
   * @throws CanopsisError 404 `heartbeat not found`, 400 `invalid heartbeat payload.`, `heartbeat pattern already exists` (another one's)
   */
  async replace(id: string, given: HeartbeatDto): Promise<DoneAnswer> {
    const heartbeat = validHeartbeat(given);
    checkId(id);
    const fields = this.fieldsOf(heartbeat);
    const replaced = await this.replaceStored(id, fields);
    if (!replaced) throw heartbeatNotFound(id);
    if (replaced.pattern_key !== fields.pattern_key) await this.passOn(replaced);
    return this.announced({ kind: 'updated', id });
  }

  /** @throws CanopsisError 404 `heartbeat not found` */
  async remove(id: string): Promise<DoneAnswer> {
    checkId(id);
    const removed = await this.collection.remove(id);
    if (!removed) throw heartbeatNotFound(id);
    await this.passOn(removed);
    return this.announced({ kind: 'removed', id });
  }

  private async replaceStored(id: string, fields: NewFields): Promise<Keyed | undefined> {
    try {
      return await this.collection.replace(id, fields);
    } catch (error) {
      throw isDuplicateKey(error) ? await this.duplicate(fields.pattern_key) : error;
    }
  }

  /** Its pattern is another one's now that had to wait for it. */
  private async passOn({ pattern_key }: Keyed): Promise<void> {
    const heirs = await this.collection.passOn([pattern_key]);
    await this.changes.announceAll(heirs.map((id) => ({ kind: 'updated', id })));
  }

  private async announced(change: HeartbeatChange): Promise<DoneAnswer> {
    await this.changes.announce(change);
    return done(change.kind, change.id);
  }

  /** Names who has the pattern; where none has it any more, or that cannot be known, the refusal stands all the same. */
  private async duplicate(pattern_key: string): Promise<CanopsisError> {
    const holders = await this.collection.holdersOf([pattern_key]).catch(() => undefined);
    return patternExists(holders?.get(pattern_key));
  }

  private fieldsOf(heartbeat: HeartbeatDto): NewFields {
    return { ...storedFields(heartbeat), updated: this.seconds() };
  }

  private seconds(): number {
    return Math.floor(this.clock.now() / 1000);
  }
}

/** What is no text is nobody's id; the driver would read an object as a filter. */
function checkId(id: unknown): void {
  if (typeof id !== 'string') throw heartbeatNotFound(String(id));
}
