import mongoose, { type mongo } from 'mongoose';
import { type Answer, dropDatabase, ownDatabase } from '../support/application';
import { at } from '../support/at';
import { V4, V4_BULK, type V4Answered, type V4Body, type V4Page, v4Body } from '../support/canopsis-v4';
import { makeDirectory, removeDirectory } from '../support/directory';
import { eventually } from '../support/eventually';
import { type ApiProcess, type DatabaseProcess, startApi, startDatabaseProcess } from '../support/processes';

const AT_ONCE = 48;
const MANY = 2_000;
/** Longer than so many take on a busy machine, in milliseconds. */
const BULK_MS = 60_000;

describe('version 4 in two processes on one database', () => {
  let dataDir: string;
  let database: DatabaseProcess | undefined;
  let uri: string;
  let apis: ApiProcess[] = [];
  let connection: mongoose.Connection;
  beforeAll(async () => {
    dataDir = await makeDirectory();
    const outside = process.env.MONGODB_URI;
    if (outside === undefined) database = await startDatabaseProcess(dataDir);
    uri = ownDatabase(outside ?? database?.uri ?? '');
    connection = await mongoose.createConnection(uri).asPromise();
    apis = await Promise.all([startApi({ MONGODB_URI: uri }), startApi({ MONGODB_URI: uri })]);
  });
  beforeEach(async () => {
    await collection('heartbeat').deleteMany({});
  });
  afterAll(async () => {
    await Promise.all(apis.map((api) => api.stop()));
    await connection.close();
    await dropDatabase(uri);
    await database?.stop();
    await removeDirectory(dataDir);
  });

  const collection = (name: string): mongo.Collection =>
    connection.getClient().db(connection.name).collection(name);
  const survivor = (): ApiProcess => at(apis, 1);

  const atOnce = (method: string, path: string, bodyOf: (n: number) => unknown): Promise<Answer[]> =>
    Promise.all(
      Array.from({ length: AT_ONCE }, (_, n) => at(apis, n % 2).request(method, path, { json: bodyOf(n) })),
    );

  /** Exactly one is accepted, and the others are told the same. */
  function expectOneWinner(answers: readonly Answer[], status: number, errors: Record<string, string>): void {
    expect(answers.filter((answer) => answer.status === status)).toHaveLength(1);
    for (const { status: other, json } of answers.filter((answer) => answer.status !== status))
      expect([other, json]).toEqual([400, { errors }]);
  }

  const stored = async (): Promise<V4Answered[]> =>
    ((await survivor().request('GET', `${V4}?paginate=false&sort_by=_id`)).json as V4Page).data;

  it('let one of many win that want the same name, pattern or id', async () => {
    const name = v4Body().name;
    expectOneWinner(await atOnce('POST', V4, () => v4Body({ name })), 201, { name: 'Name already exists' });
    const { pattern } = v4Body();
    expectOneWinner(await atOnce('POST', V4, () => v4Body({ pattern })), 201, {
      pattern: 'Pattern already exists',
    });
    expectOneWinner(await atOnce('POST', V4, () => v4Body({ _id: 'x' })), 201, { _id: 'ID already exists' });
    expect(await stored()).toHaveLength(3);
    const documents = await atOnce('POST', V4, () => v4Body());
    const ids = documents.map(({ json }) => (json as V4Answered)._id);
    const puts = await Promise.all(
      ids.map((id, n) => at(apis, n % 2).request('PUT', `${V4}/${id}`, { json: v4Body({ name: 'wanted' }) })),
    );
    expectOneWinner(puts, 200, { name: 'Name already exists' });
  });

  it('let one of many identical bulks win, and leave nothing of the others', async () => {
    const bodies = [v4Body(), v4Body(), v4Body()];
    expectOneWinner(await atOnce('POST', V4_BULK, () => bodies), 201, {
      '0.name': 'Name already exists',
      '1.name': 'Name already exists',
      '2.name': 'Name already exists',
    });
    expect((await stored()).map(({ name }) => name).sort()).toEqual(bodies.map(({ name }) => name).sort());
  });

  it('leave nothing of bulks that are in the way of each other', async () => {
    const [shared, ...others] = Array.from({ length: AT_ONCE + 1 }, () => v4Body());
    const bulks = others.map((other, n) => (n % 2 ? [other, shared] : [shared, other]));
    const answers = await atOnce('POST', V4_BULK, (n) => bulks[n]);
    const [winner, ...more] = answers.flatMap(({ status }, n) => (status === 201 ? [bulks[n]] : []));
    expect(more).toEqual([]);
    expect(answers.filter(({ status }) => status === 400)).toHaveLength(AT_ONCE - 1);
    expect((await stored()).map(({ name }) => name).sort()).toEqual(winner?.map((body) => body?.name).sort());
  });

  /** Kills a process in the middle of a bulk, and waits until the other one has ended it. */
  async function killInTheMiddle(
    method: string,
    json: unknown,
    begun: mongo.Filter<mongo.Document>,
  ): Promise<void> {
    const victim = await startApi({ MONGODB_URI: uri });
    const answer = victim.request(method, V4_BULK, { json }).then(
      ({ status }) => status,
      () => 'none',
    );
    await eventually(async () => (await collection('heartbeat').countDocuments(begun)) > 0, BULK_MS);
    await victim.stop('SIGKILL');
    expect(await answer).toBe('none');
    // It was in the middle.
    const half = await collection('heartbeat').countDocuments(begun);
    expect(half).toBeLessThan(MANY);
    expect(await collection('heartbeat_bulk').countDocuments({})).toBe(1);
    await eventually(async () => (await collection('heartbeat_bulk').countDocuments({})) === 0, BULK_MS);
  }

  it('leave no half of a creation whose process is killed', async () => {
    const bodies = Array.from({ length: MANY }, () => v4Body());
    await killInTheMiddle('POST', bodies, {});
    expect(await stored()).toEqual([]);
    expect((await survivor().request('POST', V4_BULK, { json: bodies.slice(0, 10) })).status).toBe(201);
  });

  it('leave no half of a replacement whose process is killed', async () => {
    const bodies: V4Body[] = Array.from({ length: MANY }, () => v4Body());
    expect((await survivor().request('POST', V4_BULK, { json: bodies })).status).toBe(201);
    const before = await stored();
    // Each gets a new name, and the pattern of the next one.
    const changes = before.map((document, n) => ({
      ...document,
      name: `n${n}`,
      pattern: before[(n + 1) % MANY]?.pattern,
    }));
    await killInTheMiddle('PUT', changes, { before: { $exists: true } });
    expect(await stored()).toEqual(before);
    const hidden = await collection('heartbeat')
      .find({ before: { $exists: true } })
      .toArray();
    expect(hidden).toEqual([]);
    // Nothing is held that nobody has, and everybody has what is theirs.
    const [first] = before;
    expect((await survivor().request('POST', V4, { json: v4Body({ name: 'n0' }) })).status).toBe(201);
    const again = await survivor().request('POST', V4, { json: { ...v4Body(), pattern: first?.pattern } });
    expect(again.json).toEqual({ errors: { pattern: 'Pattern already exists' } });
  });
});
