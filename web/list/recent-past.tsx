import type { JSX } from 'preact';
import { formats, t } from '../texts';
import { BARS, BARS_HEIGHT, BAR_WIDTH, barsOf } from './bars';

/** The last gaps as bars; the upper edge is the interval. */
export function RecentPast({ gaps }: { gaps: readonly number[] }): JSX.Element | null {
  if (gaps.length === 0) return null;
  const { within, over } = barsOf(gaps);
  const longest = formats.value.percent(Math.max(...gaps) / 100);
  return (
    <svg
      class="bars"
      role="img"
      aria-label={t.value.recentGaps(gaps.length, longest)}
      viewBox={`0 0 ${BARS * BAR_WIDTH} ${BARS_HEIGHT}`}
      preserveAspectRatio="none"
    >
      <path d={within} />
      {over !== '' && <path class="over" d={over} />}
    </svg>
  );
}
