/** Of one bar, in units of the picture. */
export const BAR_WIDTH = 3;
export const BARS = 32;
export const BARS_HEIGHT = 20;

/** The bars of gaps, as SVG paths: those within the interval, and those above it. */
export interface Bars {
  within: string;
  over: string;
}

/** @param gaps in percent of the interval, oldest first; the newest stands at the right edge */
export function barsOf(gaps: readonly number[]): Bars {
  const shown = gaps.slice(-BARS);
  const start = (BARS - shown.length) * BAR_WIDTH;
  const bars: Bars = { within: '', over: '' };
  shown.forEach((gap, at) => {
    const share = Math.min(Math.max(gap, 0), 100) / 100;
    const height = Math.max(1, Math.round(share * BARS_HEIGHT));
    bars[gap > 100 ? 'over' : 'within'] +=
      `M${start + at * BAR_WIDTH} ${BARS_HEIGHT}v${-height}h${BAR_WIDTH - 1}v${height}z`;
  });
  return bars;
}
