import type { HeartbeatCollection } from '../../heartbeat/heartbeat-collection';
import type { StoredHeartbeat } from '../../heartbeat/heartbeat.schema';
import type { StateStore } from '../../states/state-store';
import { byCodePoint } from '../../util/by-code-point';
import type { KnownState } from './plan';
import { RULE_FIELDS } from './rule';

/** All that it takes to see that nothing needs to be written, which is so nearly always. */
const LEAN = {
  ...{ rule: 1, revision: 1, state: 1 },
  ...{ deadline: 1, reason: 1, removed: 1, refresh_at: 1 },
} as const;

/** A state document, as far as it is read to see that. */
export type LeanState = Pick<KnownState, '_id' | keyof typeof LEAN>;
type LeanStates = ReadonlyMap<string, LeanState>;

/** Heartbeats and state documents whose ids are next to each other. */
export interface Slice {
  readonly states: LeanStates;
  readonly found: StoredHeartbeat[];
  /** The last id up to which both are known; undefined where there are no more. */
  readonly horizon: string | undefined;
  /** The states after it, where they are being read. */
  readonly ahead: Promise<LeanStates> | undefined;
}

/** What a {@link SliceReader} works with. */
export interface SliceReaderParts {
  readonly store: Pick<StateStore, 'readAll'>;
  readonly heartbeats: Pick<HeartbeatCollection, 'readAfter'>;
}

/** Reads all heartbeats with their states, those of some ids at a time. State documents are always read before their heartbeats. */
export class SliceReader {
  constructor(private readonly parts: SliceReaderParts) {}

  /** The first slice of all; the states of those after it are read ahead. @param limit how many heartbeats, at most */
  readFirst(limit: number): Promise<Slice> {
    return this.read('', limit, this.leanStates('', limit));
  }

  /** @param ahead the states after this id, where they are being read already; then those after them are as well */
  async read(after: string, limit: number, ahead?: Promise<LeanStates>): Promise<Slice> {
    const states = await (ahead ?? this.leanStates(after, limit));
    const lastState = states.size === limit ? lastId(states) : undefined;
    const further = ahead && lastState !== undefined ? this.leanStates(lastState, limit) : undefined;
    further?.catch(() => undefined);
    const found = await this.parts.heartbeats.readAfter(after, limit, RULE_FIELDS);
    // Long ones are fewer than were asked for, though there are more.
    const lastFound = found.at(-1)?._id;
    const [horizon] = [lastState, lastFound].filter((id) => id !== undefined).sort(byCodePoint);
    return { states, found, horizon, ahead: horizon === lastState ? further : undefined };
  }

  private async leanStates(after: string, limit: number): Promise<LeanStates> {
    const next = { sort: { _id: 1 }, limit, batchSize: limit, projection: LEAN } as const;
    const found = await this.parts.store.readAll<LeanState>({ _id: { $gt: after } }, next);
    return new Map(found.map((state) => [state._id, state]));
  }
}

const lastId = (documents: ReadonlyMap<string, unknown>): string => [...documents.keys()].at(-1) ?? '';
