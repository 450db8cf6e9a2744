import { HeartbeatChanges } from '../../heartbeat/heartbeat-changes';
import type { StateStore } from '../state-store';
import { ArrivalRecorder } from './arrival-recorder';
import type { ObservedHeartbeat } from './event-observer';

const HOUR_MS = 3_600_000;
const heartbeats = (count: number): ObservedHeartbeat[] =>
  Array.from({ length: count }, (_, n) => ({ id: `h${n}`, intervalMs: HOUR_MS, keptAt: -Infinity }));

describe('arrivals', () => {
  let recorder: ArrivalRecorder;
  const stored: string[] = [];

  beforeEach(() => {
    jest.useFakeTimers();
    stored.splice(0);
    const addArrivals: StateStore['addArrivals'] = (arrivals) => {
      stored.push(...arrivals.map(([id]) => id));
      return Promise.resolve();
    };
    recorder = new ArrivalRecorder({ addArrivals } as StateStore, new HeartbeatChanges());
  });
  afterEach(() => {
    recorder.onApplicationShutdown();
    jest.useRealTimers();
  });

  /** Events of all of them again and again, within the five seconds after which they are stored. */
  const send = async (all: readonly ObservedHeartbeat[], times: number): Promise<void> => {
    for (let time = 0; time < times; time += 1) for (const each of all) recorder.note(each, Date.now());
    await jest.advanceTimersByTimeAsync(5_000);
  };

  it('are stored for each heartbeat, once in a part of its interval', async () => {
    const all = heartbeats(1_000);
    await send(all, 3);
    expect(stored).toHaveLength(1_000);
    await send(all, 3);
    expect(stored).toHaveLength(1_000);
  });

  it('are stored for some of them on a busy bus, for others each time', async () => {
    const all = heartbeats(1_000);
    for (let round = 1; round <= 20; round += 1) {
      await send(all, 26);
      expect(stored).toHaveLength(round * 200);
      await jest.advanceTimersByTimeAsync(HOUR_MS);
    }
    expect(new Set(stored).size).toBeGreaterThan(500);
  });

  it('are stored for all where many events come in a long time', async () => {
    const all = heartbeats(500);
    await send(all, 1);
    for (let minute = 0; minute < 10; minute += 1) {
      for (let time = 0; time < 20; time += 1) for (const each of all) recorder.note(each, Date.now());
      await jest.advanceTimersByTimeAsync(60_000);
    }
    expect(stored.length).toBeGreaterThanOrEqual(1_500);
    expect(stored.length % 500).toBe(0);
  });
});
