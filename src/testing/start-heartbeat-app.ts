import type { INestApplication } from '@nestjs/common';
import type { Server } from 'node:http';
import { AppModule } from '../app/app.module';
import { listenProblem } from '../app/listen-problem';
import { PlainUsers } from '../auth/plain-users';
import { DatabaseServer, databaseServer } from '../database/database-server';
import { Engine } from '../engine/engine';
import { closeGracefully, createHttpApplication } from '../http/http-application';
import { StateStore } from '../states/state-store';
import { TimeoutError, withTimeout } from '../util/timeout';
import { AlarmRecorder } from './alarm-recorder';
import { AppLife } from './app-life';
import { AppLog } from './app-log';
import { makeDataDirectory, removeDirectory, removeLeftDirectories } from './data-directory';
import { refuseFakeTimers } from './fake-timers';
import { HeartbeatApp } from './heartbeat-app';
import { MovableClock } from './movable-clock';
import { type CompleteAppOptions, type HeartbeatAppOptions, completeAppOptions } from './options';
import { withOwnLogger } from './own-logger';
import { TestClock } from './test-clock';
import { TestControl, TestControlModule } from './test-control.module';

/** How often the engine looks while nobody waits for it, in milliseconds. */
const TICK_MS = 50;
/** How long each step of a start or a stop may take, in milliseconds. */
const STEP_LIMIT_MS = 30_000;
const LOOPBACK = '127.0.0.1';

/**
 * Starts a real application for tests: API and engine on a free port of loopback, with an embedded database of its own in a
 * temporary directory, a clock that the test moves, and its alarms collected. Resolves when it answers and its engine
 * watches. Any number of them run side by side. `stop()` leaves nothing behind; what a process that was killed has left is
 * removed at the next start.
 * @throws TypeError that names the option that cannot be used; Error that says what could not be had, or did not come in time
 */
export async function startHeartbeatApp(options: HeartbeatAppOptions = {}): Promise<HeartbeatApp> {
  const complete = completeAppOptions(options);
  refuseFakeTimers('startHeartbeatApp');
  const log = new AppLog(complete.logger);
  return withOwnLogger(log, () => new Start(complete, log).run());
}

/** One application on its way: what has to be undone, whatever happens. */
class Start {
  private readonly life: AppLife;
  private readonly recorder = new AlarmRecorder();
  private readonly clock: MovableClock;
  private directory: string | undefined;
  private database: DatabaseServer | undefined;
  private nest: INestApplication<Server> | undefined;

  constructor(
    private readonly options: CompleteAppOptions,
    private readonly log: AppLog,
  ) {
    this.life = new AppLife(log);
    this.clock = new MovableClock(options.now);
  }

  async run(): Promise<HeartbeatApp> {
    try {
      const [app] = await Promise.all([this.start(), removeLeftDirectories()]);
      return app;
    } catch (error) {
      // Where listening failed the engine runs all the same. What went wrong first is what is told.
      await this.close().catch(() => undefined);
      throw error;
    }
  }

  private async start(): Promise<HeartbeatApp> {
    const { port, users } = this.options;
    this.directory = await makeDataDirectory();
    const starting = databaseServer(undefined, this.directory, { durable: false });
    this.database = await inTime('its database to start', starting);
    const nest = (this.nest = await inTime('the application to be made', this.create(this.database.uri)));
    await inTime('the application to listen', listen(nest, port));
    const clock = new TestClock(this.clock, only(nest, Engine), only(nest, StateStore), this.life);
    const auth = Object.entries(users)[0]?.join(':') ?? '';
    const close = (): Promise<void> => withOwnLogger(this.log, () => this.close());
    const app = new HeartbeatApp(await nest.getUrl(), clock, this.recorder.alarms, auth, this.life, close);
    only(nest, TestControl).app = app;
    await clock.engineLooks();
    return app;
  }

  private create(databaseUri: string): Promise<INestApplication<Server>> {
    const { dialect, users, framework } = this.options;
    const { imports = [], ...root } = AppModule.register({
      ...{ dialect, databaseUri, clock: this.clock },
      users: new PlainUsers(new Map(Object.entries(users))),
      // The clock jumps from alarm to alarm, and events can come all the time.
      engine: { alarms: this.recorder, tickMs: TICK_MS, blindAfterMs: Number.MAX_SAFE_INTEGER },
      // Tests of a whole suite come from one address, and the clock that they move is not the one of this limit.
      limits: { loginFailures: 0 },
    });
    return createHttpApplication({ ...root, imports: [...imports, TestControlModule] }, framework, undefined);
  }

  /** Ends one after another, also where one does not end. */
  private async close(): Promise<void> {
    this.life.end();
    const { nest, database, directory } = this;
    try {
      if (nest) await inTime('the application to end', closeGracefully(nest));
    } finally {
      try {
        if (database) await inTime('its database to end', database.close());
      } finally {
        if (directory !== undefined) await removeDirectory(directory);
      }
    }
  }
}

/** @throws ListenError where somebody else listens there, or this user may not */
async function listen(nest: INestApplication, port: number): Promise<void> {
  try {
    await nest.listen(port, LOOPBACK);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).syscall !== 'listen') throw error;
    throw listenProblem(error, undefined, { host: LOOPBACK, port });
  }
}

/** @throws Error that says what was waited for */
async function inTime<T>(what: string, work: Promise<T>): Promise<T> {
  try {
    return await withTimeout(STEP_LIMIT_MS, work);
  } catch (error) {
    if (!(error instanceof TimeoutError)) throw error;
    throw new Error(`gave up after ${STEP_LIMIT_MS / 1_000} s: waited for ${what}`, { cause: error });
  }
}

const only = <T>(nest: INestApplication, what: new (...args: never[]) => T): T =>
  nest.get<T>(what, { strict: false });
