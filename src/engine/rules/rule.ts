import { createHash } from 'node:crypto';
import { intervalSeconds } from '../../heartbeat/interval';
import { canonicalForm, isPattern, type Pattern } from '../../heartbeat/pattern';

/** What the engine reads of a heartbeat. Another program may have written anything. */
export type RuleFields = { _id: string } & Partial<
  Record<'pattern' | 'expected_interval' | 'output', unknown>
>;

/** The projection that reads it. */
export const RULE_FIELDS = { pattern: 1, expected_interval: 1, output: 1 } as const;

/** A rule that can be watched. */
export interface ValidRule {
  readonly id: string;
  readonly valid: true;
  /** Changes with the pattern, the interval and the output. */
  readonly fingerprint: string;
  readonly pattern: Pattern;
  readonly interval: string;
  readonly intervalMs: number;
  readonly output: string | null;
}

/** A rule that cannot: its interval or its pattern is none. */
export interface InvalidRule {
  readonly id: string;
  readonly valid: false;
  readonly fingerprint: string;
}

export type Rule = ValidRule | InvalidRule;

/**
 * Reads the rule in a heartbeat as it is stored (contract: heartbeat API, "A valid body"). An output that is no text
 * counts as none: it is no reason not to watch.
 */
export function readRule({ _id: id, pattern, expected_interval, output }: RuleFields): Rule {
  const seconds = intervalSeconds(expected_interval);
  if (seconds === undefined || !isPattern(pattern)) {
    return { id, valid: false, fingerprint: fingerprint(['invalid', pattern, expected_interval]) };
  }
  const interval = expected_interval as string;
  const text = typeof output === 'string' ? output : null;
  return {
    id,
    valid: true,
    fingerprint: fingerprint([canonicalForm(pattern), interval, text]),
    pattern,
    interval,
    intervalMs: seconds * 1000,
    output: text,
  };
}

/** @returns a text that two patterns share exactly if they are equal */
export const patternFingerprint = (pattern: Pattern): string => fingerprint([canonicalForm(pattern)]);

/** Half of a SHA-256, and a little more: 100,000 of these are kept in memory. */
function fingerprint(parts: readonly unknown[]): string {
  const text = JSON.stringify(parts, (_, value: unknown) =>
    typeof value === 'bigint' ? String(value) : value,
  );
  return createHash('sha256').update(text).digest('base64url').slice(0, 22);
}
