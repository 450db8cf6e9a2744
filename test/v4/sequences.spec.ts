import { type Answer, type TestApplication, startTestApplication } from '../support/application';
import { V4, V4_BULK, type V4Answered, v4List, v4RemoveAll } from '../support/canopsis-v4';

const V2 = '/api/v2/heartbeat';
const ROUNDS = 12;
const STEPS = 25;

/** What the model knows of a heartbeat. `claimed`: version 4 gave it the name. */
interface Known {
  readonly name: string;
  readonly connector: string;
}

interface Item {
  readonly _id?: string;
  readonly name: string;
  readonly connector: string;
}

/** The rules of both versions, over a map. */
class ModelOfBoth {
  readonly heartbeats = new Map<string, Known>();

  private other(id: string | undefined, is: (known: Known) => boolean): boolean {
    return [...this.heartbeats].some(([other, known]) => other !== id && is(known));
  }

  v2Refuses(id: string | undefined, connector: string): boolean {
    return this.other(id, (known) => known.connector === connector);
  }

  /** @returns the errors that version 4 tells, if any. @param replacing whether each item has the id of one that is replaced */
  v4Errors(items: readonly Item[], replacing: boolean): Record<string, string> | undefined {
    const errors: Record<string, string> = {};
    for (const [at, { _id, name }] of items.entries()) {
      const self = replacing ? this.heartbeats.get(_id ?? '') : undefined;
      const earlier = items.slice(0, at);
      const taken =
        this.other(replacing ? _id : undefined, (known) => known.name === name) ||
        earlier.some((item) => item.name === name);
      if (self?.name !== name && taken) errors[`${at}.name`] = 'Name already exists';
      const used = !replacing && (this.heartbeats.has(_id ?? '') || earlier.some((item) => item._id === _id));
      if (used && _id !== undefined) errors[`${at}._id`] = 'ID already exists';
    }
    if (Object.keys(errors).length > 0) return errors;
    const replaced = new Set(replacing ? items.map(({ _id }) => _id) : []);
    for (const [at, { connector }] of items.entries()) {
      const stays = [...this.heartbeats].some(
        ([id, known]) => !replaced.has(id) && known.connector === connector,
      );
      if (stays || items.slice(0, at).some((item) => item.connector === connector))
        errors[`${at}.pattern`] = 'Pattern already exists';
    }
    return Object.keys(errors).length > 0 ? errors : undefined;
  }
}

/** A small generator of pseudo-random numbers, so that a failure can be repeated. */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

describe('any sequence of calls of both versions', () => {
  let app: TestApplication;
  beforeAll(async () => {
    app = await startTestApplication();
  });
  afterAll(() => app.close());

  const send = (method: string, path: string, json?: unknown): Promise<Answer> =>
    app.request(method, path, { json });
  const bodyOf = ({ connector, ...item }: Item): object => ({
    ...{ ...item, description: 'd', author: 'a', pattern: { connector }, expected_interval: '10m' },
  });
  /** Errors of one item name its fields alone. */
  const single = (errors: Record<string, string>): Record<string, string> =>
    Object.fromEntries(Object.entries(errors).map(([field, text]) => [field.slice(2), text]));

  async function step(model: ModelOfBoth, below: (n: number) => number): Promise<void> {
    const { heartbeats } = model;
    const item = (_id?: string): Item => ({ _id, name: `n${below(4)}`, connector: `c${below(4)}` });
    const id = [...heartbeats.keys(), 'unknown'][below(heartbeats.size + 1)] ?? '';
    const known = heartbeats.has(id);
    const [one, kind] = [item(), below(7)];
    const learn = (id: string, { name, connector }: Item): void =>
      void heartbeats.set(id, { name, connector });
    if (kind === 0) {
      const { status, json } = await send('POST', V2, bodyOf(one));
      expect(status).toBe(model.v2Refuses(undefined, one.connector) ? 400 : 200);
      if (status === 200) learn((json as { description: string }).description, one);
    } else if (kind === 1) {
      const { status } = await send('PUT', `${V2}/${id}`, bodyOf(one));
      expect(status).toBe(known ? (model.v2Refuses(id, one.connector) ? 400 : 200) : 404);
      if (status === 200) learn(id, one);
    } else if (kind === 2) {
      const { status, json } = await send('POST', V4, bodyOf(one));
      const errors = model.v4Errors([one], false);
      expect([status, errors && json]).toEqual([errors ? 400 : 201, errors && { errors: single(errors) }]);
      if (!errors) learn((json as V4Answered)._id, one);
    } else if (kind === 3) {
      const { status, json } = await send('PUT', `${V4}/${id}`, bodyOf(one));
      const errors = known ? model.v4Errors([{ ...one, _id: id }], true) : undefined;
      if (known)
        expect([status, errors && json]).toEqual([errors ? 400 : 200, errors && { errors: single(errors) }]);
      else expect([400, 404]).toContain(status);
      if (known && !errors) learn(id, one);
    } else if (kind === 4) {
      const items = Array.from({ length: 1 + below(2) }, () => item(`i${below(6)}`));
      const { status, json } = await send('POST', V4_BULK, items.map(bodyOf));
      const errors = model.v4Errors(items, false);
      expect([status, errors && json]).toEqual([errors ? 400 : 201, errors && { errors }]);
      if (!errors) for (const created of items) learn(created._id ?? '', created);
    } else if (kind === 5 && heartbeats.size > 0) {
      const items = [...heartbeats.keys()].filter(() => below(2) === 0).map(item);
      if (items.length === 0) return;
      const { status, json } = await send('PUT', V4_BULK, items.map(bodyOf));
      const errors = model.v4Errors(items, true);
      expect([status, errors && json]).toEqual([errors ? 400 : 200, errors && { errors }]);
      if (!errors) for (const replaced of items) learn(replaced._id ?? '', replaced);
    } else {
      const [path, gone] = below(2) ? [`${V4_BULK}?ids[]=${id}`, 204] : [`${V2}/${id}`, 200];
      expect((await send('DELETE', path)).status).toBe(known ? gone : 404);
      heartbeats.delete(id);
    }
  }

  it.each(Array.from({ length: ROUNDS }, (_, round) => round + 1))(
    'is answered as a model answers it (%i)',
    async (seed) => {
      const [model, below] = [new ModelOfBoth(), random(seed)];
      for (let at = 0; at < STEPS; at += 1) await step(model, below);
      const shown = (await v4List(app)).data.map(({ _id, name, pattern }) => [
        _id,
        { name, connector: (pattern as { connector: string }).connector },
      ]);
      expect(Object.fromEntries(shown)).toEqual(Object.fromEntries(model.heartbeats));
      await v4RemoveAll(app);
    },
  );
});
