import type { HeartbeatState } from '../../../src/states/heartbeat-state';
import type { StateDocuments } from '../../../src/states/state-store';

type Fields = Record<string, unknown>;
type Write = Parameters<StateDocuments['write']>[0][number];
interface Statement {
  readonly filter: Fields;
  readonly update: Record<string, Fields>;
}

/** A state of a heartbeat that is alive, but for what a test says of it. */
export const stateOf = (_id: string, fields: Partial<HeartbeatState> = {}): HeartbeatState => ({
  ...{ _id, state: 'up', since: 0, last_event: 0, deadline: 10_000, rule: 'r', pattern: 'p' },
  ...{ resource: `connector:${_id}`, interval: '10s', interval_ms: 10_000, output: null, revision: 1 },
  ...{ outbox: [], unsent: 0, leased_until: 0, attempts: 0 },
  ...fields,
});

/**
 * State documents in memory, with as much of MongoDB's filters and updates as the engine writes. Each call takes a turn of
 * the event loop, so that two who work at once get in each other's way; what it does not know is an error.
 */
export class MemoryStates implements StateDocuments {
  readonly all = new Map<string, Fields>();
  /** How many statements each write had. */
  readonly writes: number[] = [];
  /** What the next call rejects with. */
  failure: Error | undefined;

  constructor(...states: HeartbeatState[]) {
    for (const state of states) this.put(state);
  }

  put(state: HeartbeatState): void {
    this.all.set(state._id, structuredClone(state) as unknown as Fields);
  }

  get(id: string): HeartbeatState {
    return this.all.get(id) as unknown as HeartbeatState;
  }

  read<T extends { _id: string } = HeartbeatState>(
    filter: unknown,
    options: { readonly limit?: number; readonly sort?: unknown },
  ): Promise<T[]> {
    return this.readAll<T>(filter, options);
  }

  async readAll<T extends { _id: string } = HeartbeatState>(
    filter: unknown,
    { limit, sort = {} }: { readonly limit?: number; readonly sort?: unknown } = {},
  ): Promise<T[]> {
    await this.turn();
    const found = [...this.all.values()].filter((state) => matches(state, filter as Fields));
    const [field = '_id'] = Object.keys(sort as Fields);
    found.sort((a, b) => (String(a[field]) < String(b[field]) ? -1 : 1));
    return structuredClone(found.slice(0, limit)) as unknown as T[];
  }

  async write(writes: Write[]): Promise<number> {
    await this.turn();
    if (writes.length > 0) this.writes.push(writes.length);
    return writes.reduce((sum, write) => sum + this.make(write as unknown as Record<string, Statement>), 0);
  }

  private make(write: Record<string, Statement>): number {
    const [[kind, statement] = []] = Object.entries(write);
    if (statement === undefined) throw new Error('an empty write');
    const found = [...this.all.values()].filter((state) => matches(state, statement.filter));
    const these = kind === 'updateMany' ? found : found.slice(0, 1);
    for (const state of these) {
      if (kind === 'deleteOne') this.all.delete(state._id as string);
      else for (const [operator, fields] of Object.entries(statement.update)) change(state, operator, fields);
    }
    return these.length;
  }

  private async turn(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    const { failure } = this;
    this.failure = undefined;
    if (failure) throw failure;
  }
}

const valueAt = (state: unknown, path: string): unknown =>
  path.split('.').reduce((value, key) => (value as Fields | undefined)?.[key], state);

function matches(state: Fields, filter: Fields): boolean {
  return Object.entries(filter).every(([path, wanted]) => {
    const value = valueAt(state, path);
    const isPlain = typeof wanted === 'object' && wanted !== null;
    if (!isPlain) return (value ?? null) === (wanted ?? null);
    return Object.entries(wanted).every(([operator, operand]) => holds(value, operator, operand));
  });
}

function holds(value: unknown, operator: string, operand: unknown): boolean {
  switch (operator) {
    case '$lte':
      return typeof value === 'number' && value <= (operand as number);
    case '$gte':
      return typeof value === 'number' && value >= (operand as number);
    case '$in':
      return (operand as unknown[]).includes(value);
    case '$exists':
      return (value !== undefined) === operand;
    default:
      throw new Error(`no ${operator} here`);
  }
}

function change(state: Fields, operator: string, fields: Fields): void {
  for (const [field, operand] of Object.entries(fields)) {
    const value = state[field];
    const list = (value as unknown[] | undefined) ?? [];
    const number = (value as number | undefined) ?? 0;
    if (operator === '$set') state[field] = operand;
    else if (operator === '$unset') delete state[field];
    else if (operator === '$inc') state[field] = number + (operand as number);
    else if (operator === '$max') state[field] = Math.max(number, operand as number);
    else if (operator === '$pop' && operand === -1) state[field] = list.slice(1);
    else if (operator === '$push') state[field] = pushed(list, operand as Fields);
    else throw new Error(`no ${operator} here`);
  }
}

function pushed(list: readonly unknown[], operand: Fields): unknown[] {
  const { $each, $slice = -Infinity } = operand as { $each?: unknown[]; $slice?: number };
  return $each === undefined ? [...list, operand] : [...list, ...$each].slice($slice);
}
