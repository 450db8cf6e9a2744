import { Injectable } from '@nestjs/common';
import type { mongo } from 'mongoose';
import { Page, pageOf } from '../canopsis/answers';
import { heartbeatNotFound } from '../canopsis/canopsis-error';
import { HeartbeatCollection } from '../heartbeat/heartbeat-collection';
import { LargeLists, inOrderOf } from '../heartbeat/large-lists';
import { containing } from '../heartbeat/search';
import { BlindnessStatus } from './blindness-status';
import type { HeartbeatState } from './heartbeat-state';
import { OverviewLists } from './overview/overview-lists';
import { SharedClock } from './shared-clock';
import { StateCollection } from './state-collection';
import type { StatePageQuery, StateQuery } from './state-query';
import { StateDocument, StateRow, UNSEEN_FIELDS, byField, stateDocument, unseenState } from './state-row';

/** The order of the list where the query says nothing: the last change first. */
const DEFAULT_ORDER = { sort_by: 'since', sort: 'desc' } as const;

/**
 * Tells what engines know of the heartbeats (contract: engine, "States"). A heartbeat that no engine has seen yet is
 * waiting since its creation. Every method throws `DatabaseError` when the database fails.
 */
@Injectable()
export class StateService {
  constructor(
    private readonly heartbeats: HeartbeatCollection,
    private readonly states: StateCollection,
    private readonly clock: SharedClock,
    private readonly blindness: BlindnessStatus,
    private readonly lists: LargeLists,
    private readonly overview: OverviewLists,
  ) {}

  /** @throws CanopsisError 404 `heartbeat not found` */
  async get(id: string): Promise<StateDocument> {
    if (typeof id !== 'string') throw heartbeatNotFound(String(id));
    const [[heartbeat], state, blind] = await Promise.all([
      this.heartbeats.readByIds([id], UNSEEN_FIELDS),
      this.states.find(id),
      this.blindness.isBlind(),
    ]);
    if (!heartbeat) throw heartbeatNotFound(id);
    return stateDocument(state ?? unseenState(heartbeat, this.clock.now()), blind);
  }

  /** @returns the states asked for: a bare array, the last change first, or a page of them */
  async list({ state, paging }: StateQuery = {}): Promise<StateDocument[] | Page<StateDocument>> {
    const large = paging && (await this.largePage(paging, state));
    const [unseen, blind] = await Promise.all([large ? [] : this.unseen(state), this.blindness.isBlind()]);
    const shown = (rows: StateRow[]): StateDocument[] => rows.map((row) => stateDocument(row, blind));
    if (paging && large) return pageOf(shown(large.rows), paging.page, paging.limit, large.total);
    if (!paging) return shown(await this.all({ state }, DEFAULT_ORDER, unseen));
    const { page, limit, search } = paging;
    const filter = { state, search };
    if (unseen.length === 0) {
      const [rows, total] = await Promise.all([
        this.stored(filter, paging, { skip: (page - 1) * limit, limit }),
        this.states.count(filterOf(filter)),
      ]);
      return pageOf(shown(rows), page, limit, total);
    }
    const rows = await this.all(filter, paging, unseen);
    return pageOf(shown(rows.slice((page - 1) * limit, page * limit)), page, limit, rows.length);
  }

  /** A page where there are too many heartbeats for the database; undefined where it has to answer all the same. */
  private async largePage(
    query: StatePageQuery,
    state: StateRow['state'] | undefined,
  ): Promise<LargePage | undefined> {
    if (!(await this.lists.areLarge())) return undefined;
    const cut = await this.overview.cutStates(query, state);
    if (cut === undefined) return undefined;
    const stored = await this.states.list({ _id: { $in: [...cut.ids] } }, { limit: query.limit });
    const seen = new Set(stored.map(({ _id }) => _id));
    const missing = cut.ids.filter((id) => !seen.has(id));
    const heartbeats = missing.length > 0 ? await this.heartbeats.readByIds(missing, UNSEEN_FIELDS) : [];
    const unseen = heartbeats.map((heartbeat) => unseenState(heartbeat, this.clock.now()));
    return { rows: inOrderOf(cut.ids, [...stored, ...unseen]), total: cut.total };
  }

  private async all(filter: Filter, order: Order, unseen: StateRow[]): Promise<StateRow[]> {
    const stored = await this.stored(filter, order);
    if (unseen.length === 0) return stored;
    const search = new RegExp(containing(filter.search ?? ''));
    // Those that an engine has seen since they were looked for are among the stored ones.
    const known = new Set(stored.map(({ _id }) => _id));
    const found = unseen.filter(({ _id }) => !known.has(_id) && search.test(_id));
    return [...stored, ...found].sort(byField(order.sort_by, order.sort));
  }

  private stored(filter: Filter, { sort_by, sort }: Order, cut: mongo.FindOptions = {}): Promise<StateRow[]> {
    const order = { [sort_by]: sort === 'asc' ? 1 : -1, ...(sort_by !== '_id' && { _id: 1 }) } as mongo.Sort;
    return this.states.list(filterOf(filter), { sort: order, ...cut });
  }

  private async unseen(state: StateRow['state'] | undefined): Promise<StateRow[]> {
    if (state === 'up' || state === 'down') return [];
    const now = this.clock.now();
    const rows = (await this.states.unseen()).map((heartbeat) => unseenState(heartbeat, now));
    return state === undefined ? rows : rows.filter((row) => row.state === state);
  }
}

interface LargePage {
  readonly rows: StateRow[];
  readonly total: number;
}
type Order = Pick<StatePageQuery, 'sort_by' | 'sort'>;
interface Filter {
  readonly state?: StateRow['state'];
  readonly search?: string;
}

const filterOf = ({ state, search }: Filter): mongo.Filter<HeartbeatState> => ({
  ...(state && { state }),
  ...(search && { _id: { $regex: containing(search) } }),
});
