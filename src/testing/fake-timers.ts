const TIMERS = ['setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask'] as const;

/**
 * The application, its driver and its database run on the process's timers; with fake ones, nothing would ever come.
 * @param call what was called, for the error
 * @throws Error that says what is fake, and what to do
 */
export function refuseFakeTimers(call: string): void {
  const { nextTick } = process as unknown as { nextTick: (this: void) => void };
  const fake: string[] = TIMERS.filter((name) => isFake(globalThis[name]));
  if (isFake(nextTick)) fake.push('process.nextTick');
  if (fake.length === 0) return;
  throw new Error(
    `${call}: fake timers are on (${fake.join(', ')}), and the application needs real ones; ` +
      `its time passes with clock.advance(). Turn them off, or fake nothing but Date`,
  );
}

/** As Jest and Vitest (`clock`), Jest of old (`_isMockFunction`) and node:test (a bound function) make them. */
const isFake = (timer: (...args: never[]) => unknown): boolean =>
  'clock' in timer || '_isMockFunction' in timer || timer.name.startsWith('bound ');
