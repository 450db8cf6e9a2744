import { HEIGHT, WIDTH, endOf, longestGap, sawtoothOf } from './sawtooth';

describe('the picture of silence', () => {
  const past = { arrivals: [0, 10, 20, 30], alarms: [], blind: [] };

  it('grows until the next event, and begins anew', () => {
    const { line, allowedY } = sawtoothOf({ ...past, arrivals: [0, 50] }, 50, 100);
    expect(line).toBe(`M0 ${HEIGHT}L${WIDTH / 2} ${allowedY}L${WIDTH / 2} ${HEIGHT}L${WIDTH} ${allowedY}`);
    expect(allowedY).toBeGreaterThan(0);
  });

  it('marks alarms and blind time, those that last to its end, and none before its beginning', () => {
    const spans = [
      { from: -50, to: -20 },
      { from: -20, to: 10 },
      { from: 30, to: null },
    ];
    const bands = [
      { x: 0, width: WIDTH / 4 },
      { x: (WIDTH * 3) / 4, width: WIDTH / 4 },
    ];
    const picture = sawtoothOf({ ...past, alarms: spans, blind: spans }, 10, 40);
    expect(picture.alarms).toEqual(bands);
    expect(picture.blind).toEqual(bands);
  });

  it('keeps the usual teeth visible beside a silence of days', () => {
    expect(endOf(past.arrivals, 35, 10)).toBe(35);
    expect(endOf(past.arrivals, 100_000, 10)).toBe(51);
    const { allowedY } = sawtoothOf(past, 10, 100_000);
    expect(HEIGHT - allowedY).toBeGreaterThan(HEIGHT / 4);
  });

  it('shows that a silence is longer than the interval, however close events came before', () => {
    expect(endOf([0, 1, 2], 1_000, 10)).toBe(17);
    expect(endOf([0, 1, 2], 14, 10)).toBe(14);
  });

  it('knows the longest gap', () => {
    expect([longestGap([]), longestGap([5]), longestGap([0, 3, 10, 12])]).toEqual([0, 0, 7]);
  });
});
