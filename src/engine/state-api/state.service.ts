import { Inject, Injectable } from '@nestjs/common';
import type { mongo } from 'mongoose';
import { Page, pageOf } from '../../canopsis/answers';
import { heartbeatNotFound } from '../../canopsis/canopsis-error';
import { HeartbeatCollection } from '../../heartbeat/heartbeat-collection';
import { IN_TIME } from '../../heartbeat/patience';
import { containing } from '../../heartbeat/search';
import { CLOCK, Clock } from '../../time/clock';
import { BLIND_AFTER_MS, HeartbeatState } from '../state/heartbeat-state';
import { StateCollection } from './state-collection';
import type { StatePageQuery, StateQuery } from './state-query';
import { StateDocument, StateRow, byField, stateDocument, unseenState } from './state-row';

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
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws CanopsisError 404 `heartbeat not found` */
  async get(id: string): Promise<StateDocument> {
    const [heartbeat, state, blind] = await Promise.all([
      this.heartbeats.run((collection) => collection.findOne({ _id: id }, IN_TIME)),
      this.states.find(id),
      this.isBlind(),
    ]);
    if (!heartbeat) throw heartbeatNotFound(id);
    return stateDocument(state ?? unseenState(heartbeat, this.clock.now()), blind);
  }

  /** @returns the states asked for: a bare array, the last change first, or a page of them */
  async list({ state, paging }: StateQuery): Promise<StateDocument[] | Page<StateDocument>> {
    const [unseen, blind] = await Promise.all([this.unseen(state), this.isBlind()]);
    const shown = (rows: StateRow[]): StateDocument[] => rows.map((row) => stateDocument(row, blind));
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

  /**
   * Whether silence is no evidence now: no engine has heard anything for over 5 s, or ever, since an engine that never ran
   * hears nothing either.
   */
  private async isBlind(): Promise<boolean> {
    const hearing = await this.states.hearing();
    return hearing === null || this.clock.now() - hearing.heard_at > BLIND_AFTER_MS;
  }

  private async all(filter: Filter, order: Order, unseen: StateRow[]): Promise<StateRow[]> {
    const stored = await this.stored(filter, order);
    if (unseen.length === 0) return stored;
    const search = new RegExp(containing(filter.search ?? ''));
    const found = unseen.filter(({ _id }) => search.test(_id));
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

type Order = Pick<StatePageQuery, 'sort_by' | 'sort'>;
interface Filter {
  readonly state?: StateRow['state'];
  readonly search?: string;
}

const filterOf = ({ state, search }: Filter): mongo.Filter<HeartbeatState> => ({
  ...(state && { state }),
  ...(search && { _id: { $regex: containing(search) } }),
});
