import { INestApplicationContext, Logger, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { mongo } from 'mongoose';
import { AuthModule } from '../../../src/auth/auth.module';
import { PlainUsers } from '../../../src/auth/plain-users';
import { DatabaseModule } from '../../../src/database/database.module';
import { ALARM_SINK } from '../../../src/engine/alarm-sink';
import { Engine } from '../../../src/engine/engine';
import { EngineModule } from '../../../src/engine/engine.module';
import type { EngineOptions } from '../../../src/engine/engine.options';
import type { HeartbeatState } from '../../../src/engine/state/heartbeat-state';
import { StateModule } from '../../../src/engine/state/state.module';
import { StateStore } from '../../../src/engine/state/state-store';
import { EVENT_TRANSPORT } from '../../../src/events/event-transport';
import type { HeartbeatDto } from '../../../src/heartbeat/dto/heartbeat.dto';
import { HeartbeatModule } from '../../../src/heartbeat/heartbeat.module';
import { HeartbeatService } from '../../../src/heartbeat/heartbeat.service';
import { eventually } from '../../support/eventually';
import { RememberingLogger } from '../../support/log';
import { MovableClock } from './movable-clock';
import { RecordingSink } from './recording-sink';
import { SwitchableTransport } from './switchable-transport';

/** How far the clock moves at once: an engine that does not look for longer takes it for a standstill. */
const STRIDE_MS = 1_000;
/** How long nothing counts as silent after the database was away. */
const QUIET_MS = 2_000;

@Module({})
class Given {}

@Module({})
class Root {}

/** What a test may choose of an application that watches. */
export interface WatchingOptions extends Partial<EngineOptions> {
  databaseUri: string;
  clock?: MovableClock;
  sink?: RecordingSink;
  dialect?: 'canopsis-3' | 'canopsis-4';
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

  get engine(): Engine {
    return this.get(Engine);
  }

  get heartbeats(): HeartbeatService {
    return this.get(HeartbeatService);
  }

  get states(): mongo.Collection<HeartbeatState> {
    return this.get(StateStore).states;
  }

  async hears(): Promise<void> {
    await eventually(() => Promise.resolve(!this.engine.isBlind));
  }

  /** Resolves when it hears after the database was away, for which time has to pass. */
  async hearsAgain(): Promise<void> {
    await this.looks();
    await this.pass(QUIET_MS);
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
    const { databaseUri, dialect = 'canopsis-4', blindGraceMs = 300_000, prefetch = 1_000 } = this.options;
    const { repeatMs, tickMs = 10, engine = true } = this.options;
    const { clock } = this;
    const auth = AuthModule.register({ users: new PlainUsers(new Map([['root', 'root']])) });
    const heartbeat = { ...HeartbeatModule.register({ dialect, auth, clock }), controllers: [] };
    const state = StateModule.register(heartbeat);
    const provide = (token: symbol, value: unknown) => ({
      module: Given,
      providers: [{ provide: token, useValue: value }],
      exports: [token],
    });
    const watching = EngineModule.register({
      ...{ heartbeat, state, clock, blindGraceMs, prefetch, repeatMs, tickMs },
      events: provide(EVENT_TRANSPORT, this.transport),
      alarms: provide(ALARM_SINK, this.sink),
    });
    const imports = [auth, DatabaseModule.register(databaseUri), heartbeat, state];
    return { module: Root, imports: engine ? [...imports, watching] : imports };
  }

  private get<T>(what: new (...args: never[]) => T): T {
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
