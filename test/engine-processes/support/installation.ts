import mongoose, { type Connection, type mongo } from 'mongoose';
import { isDeepStrictEqual } from 'node:util';
import { dropDatabase, ownDatabase } from '../../support/application';
import { ERRORS } from '../../support/canopsis';
import { makeDirectory, removeDirectory } from '../../support/directory';
import {
  type ApiProcess,
  type DatabaseProcess,
  startApi,
  startDatabaseProcess,
} from '../../support/processes';
import { pastStandstills } from '../../support/standstill';
import { forAll, waitFor } from './wait-for';

/** What a test reads of the state documents, past the API. */
export interface StoredState {
  readonly _id: string;
  readonly state: string;
  readonly since: number;
  readonly last_event: number | null;
  readonly resource: string;
  readonly unsent: number;
  readonly leased_until: number;
}

/** A heartbeat on the field `component`, the resource of its alarms, and an event that belongs to it. */
export interface Watched {
  readonly component: string;
  readonly interval: string;
  readonly resource: string;
  readonly event: Readonly<Record<string, string>>;
}

/** @returns a heartbeat whose pattern no other name has */
export function watched(component: string, interval: string): Watched {
  const event = { connector: 'c1', connector_name: 'n1', event_type: 'check', component };
  return { component, interval, resource: `component:${component}`, event };
}

/** Several of them, named by number. */
export const watchedMany = (name: string, count: number, interval: (n: number) => string): Watched[] =>
  Array.from({ length: count }, (_, n) => watched(`${name}-${n}`, interval(n)));

/** The product as it is installed for real: API and engines as processes, a database, and maybe a broker. */
export class Installation {
  private readonly processes: ApiProcess[] = [];
  private reader: Connection | undefined;

  private constructor(
    private readonly env: Record<string, string>,
    readonly mongodbUri: string,
    private readonly dataDir: string,
    /** The embedded MongoDB as a process of its own, where it is not the database of `MONGODB_URI`. */
    private database: DatabaseProcess | undefined,
  ) {}

  /**
   * Starts a database.
   * @param env settings for every process
   * @param ownServer whether it must be one that the test may kill
   */
  static async open(env: Record<string, string>, { ownServer = false } = {}): Promise<Installation> {
    const dataDir = await makeDirectory();
    const outside = ownServer ? undefined : process.env.MONGODB_URI;
    const database = outside === undefined ? await startDatabaseProcess(dataDir) : undefined;
    const uri = ownDatabase(outside ?? database?.uri ?? '');
    return new Installation({ ...env, MONGODB_URI: uri }, uri, dataDir, database);
  }

  /** Starts a process and waits until it answers. */
  async start(role: 'api' | 'engine' | 'all', env: Record<string, string> = {}): Promise<ApiProcess> {
    const started = await startApi({ ...this.env, ROLE: role, ...env });
    this.processes.push(started);
    return started;
  }

  /** Starts engines, all at once, and waits until each watches. */
  async startEngines(count: number, env: Record<string, string> = {}): Promise<ApiProcess[]> {
    const engines = await Promise.all(Array.from({ length: count }, () => this.start('engine', env)));
    await Promise.all(engines.map((engine) => engine.says(/watching \d+ heartbeats/)));
    return engines;
  }

  /** Everything that any process has written. */
  output(): string {
    return this.processes.map((started) => started.output()).join('');
  }

  killDatabase(): Promise<unknown> {
    if (this.database === undefined) throw new Error('not a database to be killed');
    return this.database.stop('SIGKILL');
  }

  /** Starts it again where it was, with what it had stored. */
  async restartDatabase(): Promise<void> {
    this.database = await startDatabaseProcess(this.dataDir, this.database?.port);
  }

  async states(): Promise<Map<string, StoredState>> {
    const found = await (await this.collection()).find({}).toArray();
    return new Map(found.map((state) => [state.resource, state]));
  }

  /** Waits until each of these is in this state and nothing is left to be sent for any of them. */
  async settled(state: string, all: readonly Watched[]): Promise<void> {
    const collection = await this.collection();
    const resource = { $in: all.map((one) => one.resource) };
    let so = 0;
    const isSo = async (): Promise<boolean> => {
      so = await collection.countDocuments({ resource, state, unsent: 0 });
      return so === all.length;
    };
    await waitFor(`all ${all.length} ${state}, with nothing to be sent`, isSo, () => so);
  }

  private async collection(): Promise<mongo.Collection<StoredState>> {
    this.reader ??= await mongoose.createConnection(this.mongodbUri).asPromise();
    return this.reader.collection<StoredState>('heartbeat_state');
  }

  /** Stops everything and removes what it stored. */
  async close(): Promise<void> {
    await Promise.all(this.processes.map((started) => started.stop('SIGKILL')));
    await this.reader?.close();
    if (this.database === undefined) await dropDatabase(this.mongodbUri);
    await this.database?.stop('SIGKILL');
    await removeDirectory(this.dataDir);
  }
}

/** Creates heartbeats through the API. */
export function create(api: ApiProcess, all: readonly Watched[]): Promise<void> {
  return forAll(all, async ({ component, interval }) => {
    const json = { pattern: { component }, expected_interval: interval };
    let tries = 0;
    const answer = await pastStandstills(
      () => api.output(),
      () => {
        tries += 1;
        return api.request('POST', '/api/v2/heartbeat', { json });
      },
    );
    if (tries > 1 && isDeepStrictEqual([answer.status, answer.json], ERRORS.patternExists)) return;
    expect(answer).toMatchObject({ status: 200, json: { name: 'heartbeat created' } });
  });
}
