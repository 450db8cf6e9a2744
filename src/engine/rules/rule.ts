import { hash } from 'node:crypto';
import { intervalSeconds } from '../../domain/interval';
import { NO_TOLERANCE, withTolerance } from '../../domain/tolerance';
import { type Pause, pauseOf } from '../../domain/pause';
import { canonicalForm, isPattern, type Pattern } from '../../domain/pattern';
import { reasonAgainst } from '../../states/state-row';

/** What the engine reads of a heartbeat. Another program may have written anything. */
export type RuleFields = { _id: string } & Partial<
  Record<'pattern' | 'expected_interval' | 'output' | 'pause', unknown>
>;

/** The projection that reads it, and all that shows whether its pattern is its own. */
export const RULE_FIELDS = {
  ...{ pattern: 1, expected_interval: 1, output: 1, pause: 1 },
  ...{ pattern_key: 1, repeats: 1, inserted: 1, 'before._id': 1 },
} as const;

/** A rule that can be watched. */
export interface ValidRule {
  readonly id: string;
  readonly valid: true;
  /** Changes with the pattern, the interval, the output and the pause. */
  readonly fingerprint: string;
  readonly pattern: Pattern;
  readonly interval: string;
  /** With the tolerance. */
  readonly intervalMs: number;
  readonly output: string | null;
  /** Its last pause, which may be over. */
  readonly pause?: Pause;
}

/** A rule that cannot: its interval or its pattern is none, or another one's. */
export interface InvalidRule {
  readonly id: string;
  readonly valid: false;
  readonly fingerprint: string;
  /** What keeps it from being watched, as clients are told. */
  readonly reason: string;
  /** Whether it is that an older heartbeat has its pattern. */
  readonly repeats: boolean;
}

export type Rule = ValidRule | InvalidRule;

/**
 * Reads the rule in a heartbeat as it is stored (contract: heartbeat API, "A valid body"). An output that is no text, or an empty one,
 * counts as none: it is no reason not to watch.
 * @param holder the id of the older heartbeat that has the same pattern, where there is one
 */
export function readRule(heartbeat: RuleFields, tolerance = NO_TOLERANCE, holder?: string): Rule {
  const { _id: id, pattern, expected_interval, output } = heartbeat;
  const invalid = (reason: string, ...parts: unknown[]): Rule => {
    const repeats = holder !== undefined;
    return {
      id,
      valid: false,
      fingerprint: fingerprint(['invalid', reason, ...parts], asText),
      reason,
      repeats,
    };
  };
  const seconds = intervalSeconds(expected_interval);
  const reason = reasonAgainst(heartbeat);
  if (reason !== undefined || seconds === undefined || !isPattern(pattern)) {
    return invalid(reason ?? '', pattern, expected_interval);
  }
  if (holder !== undefined) return invalid(`the pattern of ${holder}`);
  const interval = expected_interval as string;
  const text = typeof output === 'string' && output !== '' ? output : null;
  const intervalMs = withTolerance(seconds * 1_000, tolerance);
  const pause = pauseOf(heartbeat.pause);
  // Where the tolerance is changed all deadlines move; without one, what was stored before there were any stays as it is.
  const tolerated = intervalMs === seconds * 1_000 ? [] : [intervalMs];
  return {
    id,
    valid: true,
    fingerprint: fingerprint([
      canonicalForm(pattern),
      interval,
      text,
      ...tolerated,
      ...(pause ? [pause] : []),
    ]),
    pattern,
    interval,
    intervalMs,
    output: text,
    ...(pause && { pause }),
  };
}

/** @returns how many characters of texts a rule holds, about */
export function charactersIn(rule: Rule): number {
  if (!rule.valid) return 0;
  let characters = rule.output?.length ?? 0;
  for (const key of Object.keys(rule.pattern)) characters += key.length + (rule.pattern[key]?.length ?? 0);
  return characters;
}

/** @returns a text that two patterns share exactly if they are equal */
export const patternFingerprint = (pattern: Pattern): string => fingerprint([canonicalForm(pattern)]);

const FINGERPRINT = Buffer.alloc(22);

/**
 * Half of a SHA-256, and a little more: 100,000 of these are kept in memory. By way of bytes: a slice of a text would keep all of
 * that text.
 */
function fingerprint(parts: readonly unknown[], replacer?: typeof asText): string {
  FINGERPRINT.write(hash('sha256', JSON.stringify(parts, replacer), 'base64url'), 'latin1');
  return FINGERPRINT.toString('latin1');
}

/** JSON has no other place for an Int64, which what another program wrote may hold. */
const asText = (_: string, value: unknown): unknown => (typeof value === 'bigint' ? String(value) : value);
