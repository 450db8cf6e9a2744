import type { BlindReason, BlindSpan, Listening } from '../../states/engine-documents';

/** So many times of blindness are remembered; beyond that the shortest in proportion to their age are put together. */
const MOST_SPANS = 200;

/** What of a state decides when its silence counts. Milliseconds. */
export interface Silence {
  /** The last event; before the first, when the engine learned of the heartbeat. */
  readonly base: number;
  readonly intervalMs: number;
  /** When the interval, counted without blindness, has passed. */
  readonly deadline: number;
}

/** Nothing was heard before now. */
export const firstListening = (now: number): Listening => ({
  ...{ _id: 'hearing', heard_at: now, again_at: now },
  blind: [{ from: 0, to: now, blind: now }],
});

/** Hearing is back. @param from since when it was away */
export function heardAgain(found: Listening, from: number, now: number): Listening {
  return { _id: 'hearing', heard_at: now, again_at: now, blind: withSpan(spansOf(found, now), from, now) };
}

/** It was found that events come no more. @param since until when they are known to have come */
export function foundBroken(found: Listening, by: BlindReason, since: number, now: number): Listening {
  const broken_since = Math.min(Math.max(since, found.again_at), found.heard_at);
  return { ...found, blind: spansOf(found, now), broken_since, broken_at: now, broken_by: by };
}

/**
 * When a silence counts (contract: engine, "Blind time"): at its deadline where there was no blindness since the last event;
 * after blindness once it was listened to either without interruption for `min(interval, grace)`, or for the whole interval
 * in sum; provided that nothing is missed from now on.
 */
export function dueAt(
  listening: Listening,
  { base, intervalMs, deadline }: Silence,
  graceMs: number,
): number {
  const blind = blindSince(listening, base);
  if (blind === 0) return deadline;
  const uninterrupted = Math.max(listening.again_at, base) + Math.min(intervalMs, graceMs);
  return Math.max(deadline, Math.min(uninterrupted, base + intervalMs + blind));
}

/** How much of the time since then was blind, in milliseconds; rather too much where it lies within spans put together. */
export function blindSince(listening: Listening, since: number): number {
  let blind = 0;
  for (const span of spansOf(listening)) {
    if (span.to > since) blind += Math.min(span.blind, span.to - since);
  }
  return blind;
}

/** An older version stored no spans: nothing is known of what it heard. The future has none, whatever the clock was before. */
function spansOf({ blind, again_at }: Listening, now = Number.POSITIVE_INFINITY): readonly BlindSpan[] {
  const spans = blind ?? [{ from: 0, to: again_at, blind: again_at }];
  if ((spans.at(-1)?.to ?? 0) <= now) return spans;
  return spans.filter(({ from }) => from < now).map((span) => (span.to <= now ? span : cut(span, now)));
}

const cut = ({ from, blind }: BlindSpan, to: number): BlindSpan => ({
  from,
  to,
  blind: Math.min(blind, to - from),
});

function withSpan(spans: readonly BlindSpan[], from: number, to: number): readonly BlindSpan[] {
  const begin = Math.min(Math.max(from, spans.at(-1)?.to ?? 0), to);
  const longer = [...spans, { from: begin, to, blind: to - begin }];
  if (longer.length <= MOST_SPANS) return longer;
  // The older the blindness, the less it matters that its length is told for a longer time.
  const pairs = longer.slice(1).map((second, at) => ({ first: longer[at] ?? second, second, at }));
  const cost = ({ first, second }: (typeof pairs)[number]): number =>
    (second.to - first.from) / (to - first.from + 1);
  const { first, second, at } = pairs.reduce((best, pair) => (cost(pair) < cost(best) ? pair : best));
  const both = { from: first.from, to: second.to, blind: first.blind + second.blind };
  return longer.toSpliced(at, 2, both);
}
