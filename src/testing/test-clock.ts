import type { AppLife } from './app-life';
import { LATEST_MS, isMoment } from './moments';
import type { MovableClock } from './movable-clock';

/** So far it goes at once where an alarm has been due for some time and is not raised, in milliseconds. */
const OVERDUE_STRIDE_MS = 1_000;

const ADVANCE = 'clock.advance';

/** What the clock asks of the engine. */
interface ClockedEngine {
  readonly lookedUntil: number;
  readonly isSending: boolean;
  lookNow(): void;
  nextAlarmAt(): Promise<number | undefined>;
}

/** What it asks of the states: whether an alarm waits to be sent. */
interface Outboxes {
  nextUnsent(): Promise<object | null>;
}

/** The clock of a test's application. It stands still until it is moved. */
export class TestClock {
  private turn: Promise<void> = Promise.resolve();

  constructor(
    private readonly clock: MovableClock,
    private readonly engine: ClockedEngine,
    private readonly store: Outboxes,
    private readonly life: AppLife,
  ) {}

  /** Milliseconds since the Unix epoch. */
  now(): number {
    return this.clock.now();
  }

  /**
   * Time passes. Resolves when the engine has looked at all of it, and every alarm that fell due has gone out, each at its
   * time. It goes from one alarm to the next: a day in which nothing falls due takes no longer than a second. Of several
   * calls at once, each begins where the one before has ended.
   * @throws TypeError where it is no number of milliseconds; Error where the application has been stopped, or something that it waits for does not come
   */
  async advance(milliseconds: number): Promise<void> {
    this.life.check(ADVANCE);
    if (!isMoment(milliseconds)) {
      throw new TypeError(`${ADVANCE}: the milliseconds must be a number from 0 to ${LATEST_MS}`);
    }
    const mine = this.turn.then(() => this.pass(milliseconds));
    this.turn = mine.catch(() => undefined);
    await mine;
  }

  /** Resolves when the engine hears, and has looked for silence at the present time. */
  async engineLooks(): Promise<void> {
    this.life.check('clock.engineLooks');
    await this.looked('clock.engineLooks');
  }

  private async pass(milliseconds: number): Promise<void> {
    const until = this.now() + milliseconds;
    if (until > LATEST_MS) {
      throw new TypeError(`${ADVANCE}: the clock would stand beyond ${new Date(LATEST_MS).toISOString()}`);
    }
    for (;;) {
      await this.looked(ADVANCE);
      await this.sent();
      const now = this.now();
      if (now >= until) break;
      const due = await this.nextAlarmAt();
      this.clock.pass(Math.min(until, due > now ? due : now + OVERDUE_STRIDE_MS) - now);
    }
    await this.alarmsAreOut(ADVANCE);
  }

  /**
   * Resolves when all alarms that have been raised or resolved so far have gone out.
   * @param call what waits for that, for the error
   */
  async alarmsAreOut(call: string): Promise<void> {
    await this.life.waitUntil(
      call,
      async () => (await this.store.nextUnsent()) === null,
      () => `the last alarms before ${this.time()} to go out`,
    );
  }

  private async looked(call: string): Promise<void> {
    this.engine.lookNow();
    await this.life.waitUntil(
      call,
      () => this.engine.lookedUntil >= this.now(),
      () => `the engine to look for silence at ${this.time()}`,
    );
  }

  /** Before time goes on: the next alarm must not overtake. */
  private async sent(): Promise<void> {
    await this.life.waitUntil(
      ADVANCE,
      () => !this.engine.isSending,
      () => `the alarms of ${this.time()} to go out`,
    );
  }

  private async nextAlarmAt(): Promise<number> {
    let due: number | undefined;
    await this.life.waitUntil(
      ADVANCE,
      async () => {
        due = await this.engine.nextAlarmAt();
        return true;
      },
      () => 'the database to say when the next alarm is due',
    );
    return due ?? Infinity;
  }

  private time(): string {
    return new Date(this.now()).toISOString();
  }
}
