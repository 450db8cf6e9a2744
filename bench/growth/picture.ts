/** How one cost grows: what it is at each size, in its own unit. */
export interface Curve {
  readonly name: string;
  readonly values: readonly number[];
}

const WIDTH = 820;
const HEIGHT = 420;
const LEFT = 60;
const TOP = 20;
const PLOT_WIDTH = 420;
const PLOT_HEIGHT = 340;
/** Readable beside each other, also without colours: each line has a number of its own at its end. */
const COLOURS = [
  '#1b6ca8',
  '#c0392b',
  '#1e8449',
  '#7d3c98',
  '#b9770e',
  '#117a65',
  '#5d6d7e',
  '#a04000',
  '#2e4053',
  '#ad1457',
  '#616100',
];

/**
 * A picture of how costs grow with the number of heartbeats: both axes are logarithmic, and each cost is a multiple of what it is
 * at the first size, so that all of them begin at 1.
 * @param sizes upwards
 * @returns SVG
 */
export function growthPicture(sizes: readonly number[], curves: readonly Curve[]): string {
  const first = sizes[0] ?? 1;
  const decades = Math.max(1, Math.ceil(Math.log10((sizes.at(-1) ?? 1) / first)));
  const x = (size: number): number => LEFT + (Math.log10(size / first) / decades) * PLOT_WIDTH;
  const y = (ratio: number): number => {
    const bounded = Math.min(10 ** decades, Math.max(0.5, ratio));
    return TOP + PLOT_HEIGHT - ((Math.log10(bounded) + 0.3) / (decades + 0.3)) * PLOT_HEIGHT;
  };
  const grid = Array.from({ length: decades + 1 }, (_, n) => {
    const at = y(10 ** n);
    const label = `<text x="${LEFT - 8}" y="${at + 4}" text-anchor="end">× ${grouped(10 ** n)}</text>`;
    return `<line x1="${LEFT}" x2="${LEFT + PLOT_WIDTH}" y1="${at}" y2="${at}" stroke="#ddd"/>${label}`;
  });
  const axis = sizes.map(
    (size) =>
      `<text x="${x(size)}" y="${TOP + PLOT_HEIGHT + 20}" text-anchor="middle">${grouped(size)}</text>`,
  );
  const lines = curves.map(({ values }, n) => {
    // Where nothing was answered there is no cost.
    const points = values.flatMap((value, at) =>
      Number.isFinite(value) ? [`${x(sizes[at] ?? first)},${y(value / (values[0] ?? 1)).toFixed(1)}`] : [],
    );
    return `<polyline fill="none" stroke="${COLOURS[n % COLOURS.length]}" stroke-width="2" points="${points.join(' ')}"/>`;
  });
  const legend = curves.map(({ name, values }, n) => {
    const ratio = (values.at(-1) ?? NaN) / (values[0] ?? NaN);
    const at = TOP + 16 + n * 22;
    const colour = COLOURS[n % COLOURS.length];
    const text = `<text x="${LEFT + PLOT_WIDTH + 46}" y="${at + 4}">${name}: ${shown(ratio)}</text>`;
    return `<line x1="${LEFT + PLOT_WIDTH + 20}" x2="${LEFT + PLOT_WIDTH + 40}" y1="${at}" y2="${at}" stroke="${colour}" stroke-width="3"/>${text}`;
  });
  const middle = LEFT + PLOT_WIDTH / 2;
  const title = `<text x="${middle}" y="${HEIGHT - 16}" text-anchor="middle">heartbeats</text>`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12" role="img">`,
    '<title>What each thing costs, as a multiple of its cost with the fewest heartbeats</title>',
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>`,
    ...[...grid, ...axis, title, ...lines, ...legend],
    '</svg>\n',
  ].join('\n');
}

const grouped = (number: number): string => number.toLocaleString('en-US');
const shown = (ratio: number): string => {
  if (!Number.isFinite(ratio)) return 'none answered';
  return `× ${ratio < 10 ? ratio.toFixed(1) : grouped(Math.round(ratio))}`;
};
