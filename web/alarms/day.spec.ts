import { MOST_LINES, WIDTH, dayOf } from './day';

const HOUR = 3_600;
const now = 1_000 * 24 * HOUR + 2 * HOUR;
const alarm = (
  from: number,
  to: number | null,
): { heartbeat: string; name: string; from: number; to: number | null } => ({
  heartbeat: 'x',
  name: 'n',
  from,
  to,
});

describe('the picture of a day', () => {
  it('has the alarms of the last 24 hours, the newest first', () => {
    const day = dayOf(
      [
        alarm(now - 30 * HOUR, now - 25 * HOUR),
        alarm(now - 30 * HOUR, now - 12 * HOUR),
        alarm(now - 6 * HOUR, null),
      ],
      [{ from: now - 12 * HOUR, to: now - 6 * HOUR }],
      now,
    );
    expect(day.count).toBe(2);
    expect(day.alarms.map(({ x, width }) => [x, width])).toEqual([
      [(WIDTH * 3) / 4, WIDTH / 4],
      [0, WIDTH / 2],
    ]);
    expect(day.blind).toEqual([{ x: WIDTH / 2, width: WIDTH / 4 }]);
    expect(day.marks).toHaveLength(6);
  });

  it('shows an alarm that has just begun within its edge', () => {
    expect(dayOf([alarm(now - 1, null)], [], now).alarms).toMatchObject([{ x: WIDTH - 2, width: 2 }]);
  });

  it('draws no more lines than can be read, and counts all', () => {
    const many = Array.from({ length: 100 }, (_, at) => alarm(now - at, null));
    const { count, alarms } = dayOf(many, [], now);
    expect([count, alarms.length]).toEqual([100, MOST_LINES]);
  });
});
