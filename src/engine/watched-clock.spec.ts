import { WatchedClock } from './watched-clock';

describe('WatchedClock', () => {
  let wall = 0;
  let monotonic = 0;
  let clock: WatchedClock;

  beforeEach(() => {
    wall = 1_000_000;
    monotonic = 500;
    clock = new WatchedClock({ now: () => wall, monotonic: () => monotonic });
  });

  const pass = (milliseconds: number, drift = 0): void => {
    wall += milliseconds + drift;
    monotonic += milliseconds;
    clock.now();
  };

  it('sees no step in time that passes, however much of it', () => {
    pass(1_000);
    pass(100_000_000);
    expect(clock.stepped).toBe(0);
  });

  it.each([3_600_000, -3_600_000, 2_001])('sees a step of %i ms, once', (step) => {
    pass(1_000, step);
    pass(1_000);
    expect(clock.stepped).toBe(1);
    pass(1_000, -step);
    expect(clock.stepped).toBe(2);
  });

  it('sees no step in a clock that is slewed', () => {
    for (let times = 0; times < 100; times += 1) pass(1_000, 500);
    expect(clock.stepped).toBe(0);
  });
});
