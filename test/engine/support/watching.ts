import { INestApplicationContext, Logger, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { getConnectionToken } from '@nestjs/mongoose';
import type { Connection, mongo } from 'mongoose';
import { connectedDatabase } from '../../../src/database/connected-database';
import { DatabaseModule } from '../../../src/database/database.module';
import { Engine } from '../../../src/engine/engine';
import type { WatchOptions } from '../../../src/engine/engine.options';
import { HeartbeatEngineModule } from '../../../src/engine/heartbeat-engine.module';
import type { HeartbeatState } from '../../../src/states/heartbeat-state';
import type { AlertmanagerOptions, WebhookOptions } from '../../../src/engine/alarms/receiver-options';
import { MaintenanceService } from '../../../src/states/maintenance/maintenance.service';
import { PauseService } from '../../../src/states/pause/pause.service';
import { StateStore } from '../../../src/states/state-store';
import type { HeartbeatDto } from '../../../src/heartbeat/dto/heartbeat.dto';
import { HeartbeatModule } from '../../../src/heartbeat/heartbeat.module';
import { HeartbeatService } from '../../../src/heartbeat/heartbeat.service';
import { startTestDatabase, type TestDatabase } from '../../support/database';
import { eventually } from '../../support/eventually';
import { RememberingLogger } from '../../support/log';
import { MovableClock } from '../../../src/testing/movable-clock';
import { RecordingSink } from './recording-sink';
import { SwitchableTransport } from './switchable-transport';

/** How far the clock moves at once: an engine that does not look for longer takes it for a standstill. */
const STRIDE_MS = 1_000;

@Module({})
class Root {}

/** What a test may choose of an application that watches. */
export interface WatchingOptions extends Partial<WatchOptions> {
  databaseUri: string;
  clock?: MovableClock;
  sink?: RecordingSink;
  dialect?: 'canopsis-3' | 'canopsis-4';
  /** Alarms go to a broker, which the sink stands for, and by webhook. */
  webhook?: WebhookOptions;
  /** The same with an Alertmanager. */
  alertmanager?: AlertmanagerOptions;
  /** false: alarms go by the webhook alone. */
  broker?: boolean;
  /** false: an API without an engine. */
  engine?: boolean;
}

/** An application that watches: engine and heartbeats on a database, without HTTP, on a clock of the test's. */
export class Watching {
  readonly transport = new SwitchableTransport();
  readonly log = new RememberingLogger();

  private constructor(
    readonly clock: MovableClock,
    readonly sink: RecordingSink,
    private readonly options: WatchingOptions,
    private app: INestApplicationContext | undefined,
  ) {}

  /** Starts it; resolves when it hears. */
  static async start(options: WatchingOptions): Promise<Watching> {
    const { clock = new MovableClock(), sink = new RecordingSink() } = options;
    const watching = new Watching(clock, sink, options, undefined);
    await watching.open();
    if (options.engine !== false) await watching.hears();
    return watching;
  }

  /** Starts another process on the same database and clock, in the same dialect. @param engine false: an API without an engine */
  another(engine = true): Promise<Watching> {
    const { clock, sink } = this;
    const { databaseUri, dialect } = this.options;
    return Watching.start({ databaseUri, dialect, clock, sink, engine });
  }

  get engine(): Engine {
    return this.get(Engine);
  }

  get heartbeats(): HeartbeatService {
    return this.get(HeartbeatService);
  }

  get pauses(): PauseService {
    return this.get(PauseService);
  }

  get maintenance(): MaintenanceService {
    return this.get(MaintenanceService);
  }

  get states(): mongo.Collection<HeartbeatState> {
    return connectedDatabase(this.get<Connection>(getConnectionToken())).collection('heartbeat_state');
  }

  get store(): StateStore {
    return this.get(StateStore);
  }

  async hears(): Promise<void> {
    await eventually(() => Promise.resolve(!this.engine.isBlind));
  }

  /** Resolves when it hears after the database was away, which takes real time. */
  async hearsAgain(): Promise<void> {
    await this.looks();
    await this.hears();
  }

  /** Creates a heartbeat on the field `connector`. @returns its id */
  async create(connector: string, fields: Partial<HeartbeatDto> = {}): Promise<string> {
    const heartbeat = { pattern: { connector }, expected_interval: '10s', ...fields };
    return (await this.heartbeats.create(heartbeat)).description;
  }

  async replace(id: string, fields: Partial<HeartbeatDto> & Pick<HeartbeatDto, 'pattern'>): Promise<void> {
    await this.heartbeats.replace(id, { expected_interval: '10s', ...fields });
  }

  /** Sends an event to the heartbeats on this connector; resolves when it is stored. */
  async event(connector: string, fields: Record<string, unknown> = {}): Promise<void> {
    const event = { connector, connector_name: 'n', event_type: 'check', component: 'host', ...fields };
    await this.transport.publish(event);
  }

  /** What the database says of a heartbeat. */
  async state(id: string): Promise<HeartbeatState | null> {
    return this.states.findOne({ _id: id });
  }

  /** Resolves once the heartbeat is in this state. */
  async becomes(id: string, state: HeartbeatState['state'] | undefined): Promise<void> {
    await eventually(async () => (await this.state(id))?.state === state);
  }

  /** Resolves once exactly so many alarms went out, and none is waiting to. */
  async sends(count: number): Promise<void> {
    await eventually(async () => {
      const unsent = await this.states.countDocuments({ unsent: { $gte: 1 } });
      return unsent === 0 && this.sink.alarms.length === count;
    });
  }

  /** Resolves when the engine has looked for silence at the present time. */
  async looks(): Promise<void> {
    const { ticks } = this.engine;
    await eventually(() => Promise.resolve(this.engine.ticks >= ticks + 2));
  }

  /** Time passes, and the engine looks at it in small steps. */
  async pass(milliseconds: number): Promise<void> {
    await passFor([this], milliseconds);
  }

  /** Stops it as a shutdown does. The database stays. */
  async stop(): Promise<void> {
    await this.app?.close();
    this.app = undefined;
  }

  private async open(): Promise<void> {
    Logger.overrideLogger(this.log);
    this.app = await NestFactory.createApplicationContext(this.root(), { logger: this.log });
  }

  private root(): Parameters<typeof NestFactory.createApplicationContext>[0] {
    const {
      databaseUri,
      dialect,
      blindGraceMs,
      prefetch,
      repeatMs,
      tickMs = 10,
      engine = true,
      webhook,
      alertmanager,
      broker = webhook !== undefined || alertmanager !== undefined,
    } = this.options;
    const { clock, transport, sink } = this;
    if (broker) {
      transport.status = 'up';
      transport.publishAlarm = (body, key) => sink.deliver({ id: '', key, body });
    }
    const receivers = webhook || alertmanager ? { webhook, alertmanager } : { alarms: sink };
    const heartbeats = HeartbeatModule.forRoot({ dialect, clock, guard: false, routes: false });
    const watching = HeartbeatEngineModule.forRoot({
      ...{ heartbeats, routes: false, watch: engine, transport, ...receivers },
      ...{ blindGraceMs, prefetch, repeatMs, tickMs },
    });
    return { module: Root, imports: [DatabaseModule.register(databaseUri), heartbeats, watching] };
  }

  private get<T>(what: string | (new (...args: never[]) => T)): T {
    if (this.app === undefined) throw new Error('it is stopped');
    return this.app.get<T>(what, { strict: false });
  }
}

/** Time passes for several that share a clock. */
export async function passFor(all: readonly Watching[], milliseconds: number): Promise<void> {
  const [first] = all;
  for (let left = milliseconds; left > 0; left -= STRIDE_MS) {
    first?.clock.pass(Math.min(left, STRIDE_MS));
    await Promise.all(all.map((one) => one.looks()));
  }
}

/** @returns what starts another process beside the site; it is stopped after the test. To be called before the site's own end. */
export function othersForEach(site: () => Watching): (engine?: boolean) => Promise<Watching> {
  const others: Watching[] = [];
  afterEach(async () => {
    for (const one of others.splice(0)) await one.stop();
  });
  return async (engine) => {
    const one = await site().another(engine);
    others.push(one);
    return one;
  };
}

/** Starts a site on a database of its own before each test, and ends both after it. @param started is given what was started */
export function siteForEach(started: (site: Watching, database: TestDatabase) => void): void {
  let database: TestDatabase;
  let site: Watching;
  beforeEach(async () => {
    database = await startTestDatabase();
    site = await Watching.start({ databaseUri: database.uri });
    started(site, database);
  });
  afterEach(async () => {
    await site.stop();
    await database.close();
  });
}
