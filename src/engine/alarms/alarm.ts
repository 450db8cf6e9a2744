import { randomUUID } from 'node:crypto';
import { ALARM_FIELDS, cutRoutingKey } from '../../events/event';
import { byCodePoint } from '../../util/by-code-point';
import { escaped } from '../../util/legible';
import type { HeartbeatState } from '../../states/heartbeat-state';
import type { OutboxEntry } from '../../states/outbox-fields';

/** What an alarm says, apart from whether it is raised or resolved. */
export type AlarmSubject = Pick<HeartbeatState, 'resource' | 'interval' | 'output'>;

/** A pattern may be long: a line of the log shows this many characters of each text. */
const SHOWN_CHARACTERS = 300;

const CRITICAL = 3;
const OK = 0;

/** The pattern as alarms name it: keys sorted by code point, `key:value`, joined by `.` (contract: engine, "Alarms out"). */
export function resourceOf(pattern: Readonly<Record<string, string>>): string {
  const keys = Object.keys(pattern).sort(byCodePoint);
  return keys.map((key) => `${key}:${pattern[key] ?? ''}`).join('.');
}

/** The event that says that the heartbeat fell silent. @param at milliseconds since the epoch: when it was raised */
export function raised(subject: AlarmSubject, at: number): OutboxEntry {
  const text = `No event matching ${subject.resource} for ${subject.interval}`;
  return alarm(subject.resource, CRITICAL, subject.output || text, at);
}

/** The event that says that the heartbeat is heard again. @param at milliseconds since the epoch */
export function resolved(subject: AlarmSubject, at: number): OutboxEntry {
  const text = `Event matching ${subject.resource} received`;
  return alarm(subject.resource, OK, subject.output || text, at);
}

/**
 * The event that says that nobody waits for the heartbeat any more: no event came, whatever the heartbeat's own text says.
 * @param at milliseconds since the epoch
 */
export function ended(resource: string, why: 'removed' | 'changed', at: number): OutboxEntry {
  return alarm(resource, OK, `Heartbeat ${why}`, at);
}

/** @returns `alarm raised: "<resource>": "<output>"` or `alarm resolved: …`, one line whatever the texts hold */
export function alarmLine({ body }: OutboxEntry): string {
  const { state, resource, output } = JSON.parse(body) as { state: number; resource: string; output: string };
  return `alarm ${state === OK ? 'resolved' : 'raised'}: ${shown(resource)}: ${shown(output)}`;
}

const shown = (text: string): string =>
  escaped(JSON.stringify(text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text));

/** The order of the fields is the documented one, and JSON keeps it. */
function alarm(resource: string, state: number, output: string, at: number): OutboxEntry {
  const { connector, connector_name, event_type, component } = ALARM_FIELDS;
  const source_type = 'resource';
  const key = [connector, connector_name, event_type, source_type, component, resource].join('.');
  const timestamp = Math.floor(at / 1000);
  const event = { ...ALARM_FIELDS, resource, source_type, state, output, timestamp };
  return { id: randomUUID(), key: cutRoutingKey(key), body: JSON.stringify(event) };
}
