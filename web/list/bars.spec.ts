import { BARS, BARS_HEIGHT, barsOf } from './bars';

describe('the bars of the recent past', () => {
  it('have the height of their share of the interval, at most all of it', () => {
    const { within, over } = barsOf([50, 250]);
    expect(within).toContain(`v-${BARS_HEIGHT / 2}h`);
    expect(over).toContain(`v-${BARS_HEIGHT}h`);
  });

  it('end at the right edge, and are not more than fit', () => {
    const starts = barsOf(Array.from({ length: BARS + 5 }, () => 10)).within.match(/M\d+/g);
    expect([starts?.length, starts?.[0], starts?.at(-1)]).toEqual([BARS, 'M0', `M${(BARS - 1) * 3}`]);
    expect(barsOf([10]).within).toMatch(`M${(BARS - 1) * 3} `);
  });
});
