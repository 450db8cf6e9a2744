import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import mongoose, { type Connection } from 'mongoose';
import { setTimeout as delay } from 'node:timers/promises';
import { embeddedServer } from '../support/filled-directory';
import { type BenchServer, startServer } from '../support/servers';
import { OwnBroker } from '../../test/support/own-broker';
import { Cable } from './cable';
import { Senders } from './senders';

export const INTERVAL_MS = 6_000;
const HEARTBEATS = 200;
const USER = 'engine';

/** An engine, and what connects it with broker and database. */
export interface CabledEngine extends BenchServer {
  readonly cables: readonly Cable[];
}

/** A broker, a database, engines, and the senders around them. */
export class Site {
  readonly engines: CabledEngine[] = [];
  private readonly cables: Cable[] = [];

  private constructor(
    readonly broker: OwnBroker,
    readonly database: BenchServer,
    private readonly connection: Connection,
    readonly names: readonly string[],
    readonly senders: Senders,
    private readonly mongodbUri: string,
  ) {}

  static async open(startScript: string): Promise<Site> {
    const broker = await OwnBroker.start(startScript);
    await broker.control('add_user', USER, USER);
    await broker.control('set_permissions', USER, '.*', '.*', '.*');
    const database = await embeddedServer();
    const mongodbUri = `${database.url}/faults-${randomUUID()}`;
    const connection = await mongoose.createConnection(mongodbUri).asPromise();
    const names = Array.from({ length: HEARTBEATS }, (_, n) => `h${n}`);
    const now = Math.floor(Date.now() / 1_000);
    const heartbeats = names.map((name, n) => ({
      ...{ _id: name as never, pattern: { component: name }, expected_interval: `${INTERVAL_MS / 1_000}s` },
      ...{
        pattern_key: name,
        interval_seconds: INTERVAL_MS / 1_000,
        created: now,
        updated: now,
        inserted: n,
      },
    }));
    await connection.collection('heartbeat').insertMany(heartbeats);
    const senders = new Senders(broker.url, names);
    return new Site(broker, database, connection, names, senders, mongodbUri);
  }

  /** @param aheadMs by how much its clock is ahead, in milliseconds */
  async startEngine(aheadMs = 0): Promise<CabledEngine> {
    const cables: Cable[] = [];
    const cabled = async (url: string): Promise<string> => {
      const whole = new URL(url);
      const cable = await Cable.to(Number(whole.port));
      cables.push(cable);
      whole.port = String(cable.port);
      return whole.href;
    };
    const clock = join(process.cwd(), 'bench/faults/clock-ahead.cjs');
    const started = await startServer('dist/main.js', [], {
      ROLE: 'engine',
      AMQP_URL: await cabled(this.broker.urlFor(USER, USER)),
      MONGODB_URI: `${await cabled(this.mongodbUri)}?directConnection=true`,
      BLIND_GRACE: '3s',
      LOG_FORMAT: 'text',
      ...(aheadMs !== 0 && { NODE_OPTIONS: `--require ${clock}`, CLOCK_AHEAD_MS: String(aheadMs) }),
    });
    this.cables.push(...cables);
    await started.said('watching [0-9]+ heartbeats');
    const engine = Object.assign(started, { cables });
    this.engines.push(engine);
    return engine;
  }

  /** What the engines' user may configure, write and read. */
  async permit(configure: string, write: string, read: string): Promise<void> {
    await this.broker.control('set_permissions', USER, configure, write, read);
  }

  /** How many of these heartbeats are in this state. */
  count(names: readonly string[], state: string): Promise<number> {
    const filter = { _id: { $in: names as never[] }, state };
    return this.connection.collection('heartbeat_state').countDocuments(filter);
  }

  /** Whether something holds within so many milliseconds. */
  async within(limitMs: number, holds: () => Promise<boolean> | boolean): Promise<boolean> {
    for (const until = Date.now() + limitMs; Date.now() < until; await delay(200)) {
      if (await Promise.resolve(holds()).catch(() => false)) return true;
    }
    return false;
  }

  async close(): Promise<void> {
    await Promise.all(this.engines.map((engine) => engine.stop().catch(() => undefined)));
    for (const cable of this.cables) cable.remove();
    await this.senders.stop();
    await this.connection.close();
    await this.database.stop();
    await this.broker.remove();
  }
}
