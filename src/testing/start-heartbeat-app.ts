import type { DynamicModule, INestApplication, LoggerService } from '@nestjs/common';
import { mkdtemp, rm } from 'node:fs/promises';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppModule } from '../app.module';
import { PlainUsers } from '../auth/plain-users';
import type { DialectName } from '../canopsis/dialect';
import { DatabaseServer, databaseServer } from '../database/database-server';
import { Engine } from '../engine/engine';
import { StateStore } from '../engine/state/state-store';
import { HttpFramework, bestFramework } from '../http/adapters';
import { closeGracefully, createHttpApplication } from '../http/http-application';
import { AlarmRecorder } from './alarm-recorder';
import { HeartbeatApp } from './heartbeat-app';
import { MovableClock } from './movable-clock';
import { TestClock } from './test-clock';
import { TestControl, TestControlModule } from './test-control.module';

/** How often the engine looks, in milliseconds: tests wait for it. */
const TICK_MS = 2;

/** What a test may choose of its application. */
export interface HeartbeatAppOptions {
  /** Default: `canopsis-4`. */
  readonly dialect?: DialectName;
  /** Passwords by name. Default: `root` with password `root`. The first one makes the calls of the {@link HeartbeatApp}. */
  readonly users?: Readonly<Record<string, string>>;
  /** Default: Fastify where it is installed, otherwise Express. */
  readonly framework?: HttpFramework;
  /** Where the clock begins, in milliseconds since the Unix epoch. Default: now. */
  readonly now?: number;
  /** TCP port on loopback. Default: any free one. */
  readonly port?: number;
  /** Default: nothing is logged. */
  readonly logger?: LoggerService;
}

/**
 * Starts a real application for tests: API and engine on a free port of loopback, with an embedded database of its own in a
 * temporary directory, a clock that the test moves, and its alarms collected. Resolves when it answers and its engine
 * watches. Any number of them run side by side. `stop()` leaves nothing behind.
 */
export async function startHeartbeatApp(options: HeartbeatAppOptions = {}): Promise<HeartbeatApp> {
  const { users = { root: 'root' }, now = Date.now() } = options;
  const clock = new MovableClock(now);
  const recorder = new AlarmRecorder();
  const dataDir = await mkdtemp(join(tmpdir(), 'canopsis-heartbeat-'));
  const database = await databaseServer(undefined, dataDir);
  const root = AppModule.register({
    dialect: options.dialect ?? 'canopsis-4',
    users: new PlainUsers(new Map(Object.entries(users))),
    databaseUri: database.uri,
    engine: { alarms: recorder, tickMs: TICK_MS },
    // Tests of a whole suite come from one address, and the clock that they move is not the one of this limit.
    limits: { loginFailures: 0 },
    clock,
  });
  let started: INestApplication<Server> | undefined;
  const close = async (): Promise<void> => {
    try {
      if (started) await closeGracefully(started);
    } finally {
      await remove(database, dataDir);
    }
  };
  try {
    const nest = (started = await create(root, options));
    await nest.listen(options.port ?? 0, '127.0.0.1');
    const testClock = new TestClock(clock, only(nest, Engine), only(nest, StateStore));
    const auth = Object.entries(users)[0]?.join(':') ?? null;
    const app = new HeartbeatApp(await nest.getUrl(), testClock, recorder.alarms, auth, close);
    only(nest, TestControl).app = app;
    await testClock.engineLooks();
    return app;
  } catch (error) {
    // Where listening failed the engine runs all the same. What went wrong first is what is told.
    await close().catch(() => undefined);
    throw error;
  }
}

function create(
  root: DynamicModule,
  { framework = bestFramework(), logger }: HeartbeatAppOptions,
): Promise<INestApplication<Server>> {
  const whole = { ...root, imports: [...(root.imports ?? []), TestControlModule] };
  return createHttpApplication(whole, framework, logger ?? false);
}

const only = <T>(nest: INestApplication, what: new (...args: never[]) => T): T =>
  nest.get<T>(what, { strict: false });

async function remove(database: DatabaseServer, dataDir: string): Promise<void> {
  await database.close();
  await rm(dataDir, { recursive: true, force: true });
}
