import { hash } from 'node:crypto';
import { isPattern } from '../../domain/pattern';
import type { OutboxEntry } from '../../states/outbox-fields';
import { byCodePoint } from '../../util/by-code-point';

/** The label by which all our alerts are known. */
const ALERT_NAME = 'HeartbeatSilent';
/** Longer values of labels are cut, in bytes of UTF-8. */
const LONGEST_VALUE = 1_024;
/** Fields of a pattern with a longer name have no label, in characters. */
const LONGEST_NAME = 128;
/** The labels of one alert have at most so many bytes of names and values; further fields of the pattern have none. */
const MOST_BYTES = 16 * 1024;
/** The annotation is cut, in bytes of UTF-8. */
const LONGEST_ANNOTATION = 4_096;
/** How long an alert is open for Alertmanager unless it is told otherwise, in milliseconds (decision 29). */
const OPEN_FOR_MS = 24 * 3_600_000;
const OK = 0;

/** What Alertmanager knows an open alarm by: it is ended by the very same labels. */
interface Alert {
  readonly labels: Readonly<Record<string, string>>;
  /** When the alarm was raised, in milliseconds since the epoch. */
  readonly from: number;
}

/** What an alarm says, for Alertmanager. */
export interface Told {
  readonly alert: PostableAlert;
  /** Whether it ends the alert. */
  readonly isEnd: boolean;
}

/** An alert as `POST /api/v2/alerts` takes it. */
export interface PostableAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: { readonly output: string };
  readonly startsAt: string;
  readonly endsAt: string;
}

/** What labels are made of; another program may have written anything. */
export interface LabelledHeartbeat {
  readonly name?: unknown;
  readonly pattern?: unknown;
}

/**
 * Fixes what Alertmanager is told of an alarm for as long as it is open, whatever becomes of the heartbeat's name meanwhile.
 * @param heartbeat undefined where it is gone
 * @param from when the alarm was raised, in milliseconds since the epoch
 * @returns an {@link Alert} as JSON
 */
export function alertOf(id: string, heartbeat: LabelledHeartbeat | undefined, from: number): string {
  const { name, pattern } = heartbeat ?? {};
  const labels = {
    ...{ alertname: ALERT_NAME, heartbeat: short(id, LONGEST_VALUE) },
    ...(typeof name === 'string' && name !== '' && { name: short(name, LONGEST_VALUE) }),
  };
  const alert: Alert = { labels: withFields(labels, isPattern(pattern) ? pattern : {}), from };
  return JSON.stringify(alert);
}

/** Alertmanager takes a label without a value for none. */
function withFields(
  labels: Readonly<Record<string, string>>,
  pattern: Readonly<Record<string, string>>,
): Record<string, string> {
  const all: Record<string, string> = { ...labels };
  let bytes = 0;
  for (const field of Object.keys(pattern).sort(byCodePoint)) {
    const name = labelName(field);
    const value = short(pattern[field] ?? '', LONGEST_VALUE);
    if (value === '' || name.length > LONGEST_NAME) continue;
    bytes += name.length + Buffer.byteLength(value);
    if (bytes > MOST_BYTES) break;
    all[name] = value;
  }
  return all;
}

/**
 * The label of a pattern's field. Names that are valid stay; others, and those that we or Prometheus use, are escaped as
 * Prometheus does it ("value encoding"): `U__`, then `_` doubled, and what is not valid as `_<code point in hex>_`. So two fields
 * never share a label.
 */
export function labelName(field: string): string {
  const isTaken = ['alertname', 'heartbeat', 'name'].includes(field) || /^(__|U__)/.test(field);
  if (!isTaken && /^[a-zA-Z_][a-zA-Z0-9_]*$/.test(field)) return field;
  const escaped = Array.from(field, (character) => {
    if (character === '_') return '__';
    return /[a-zA-Z0-9]/.test(character) ? character : `_${(character.codePointAt(0) ?? 0).toString(16)}_`;
  });
  return `U__${escaped.join('')}`;
}

/**
 * @param entry of Alertmanager's outbox
 * @param now milliseconds since the epoch
 * @throws Error where it does not say which alert it is about
 */
export function toldBy({ body, alert = '' }: OutboxEntry, now: number): Told {
  const { state, output, timestamp } = JSON.parse(body) as Record<'state' | 'timestamp', number> & {
    output: string;
  };
  const { labels, from } = JSON.parse(alert) as Alert;
  const isEnd = state === OK;
  const times = timesOf(from, isEnd ? timestamp * 1_000 : now + OPEN_FOR_MS);
  return { alert: { labels, annotations: { output: short(output, LONGEST_ANNOTATION) }, ...times }, isEnd };
}

/** Whole seconds, as alarms have them; an alert that ends before it starts is refused. @param end in milliseconds */
export function timesOf(from: number, end: number): Pick<PostableAlert, 'startsAt' | 'endsAt'> {
  const startsAt = Math.min(Math.floor(from / 1_000) * 1_000, end);
  return { startsAt: new Date(startsAt).toISOString(), endsAt: new Date(end).toISOString() };
}

/** Cuts a text, with the digest of the whole at its end: two that differ stay different. */
function short(text: string, bytes: number): string {
  if (Buffer.byteLength(text) <= bytes) return text;
  const digest = hash('sha256', text, 'hex').slice(0, 16);
  const kept = Buffer.from(text).subarray(0, bytes - digest.length - '…'.length * 3);
  // A character that is cut in two becomes U+FFFD, which is as long as three bytes.
  return `${kept.toString().replace(/\ufffd+$/, '')}…${digest}`;
}
