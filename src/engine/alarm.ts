import { randomUUID } from 'node:crypto';
import { ALARM_FIELDS, cutRoutingKey } from '../events/event';
import { byCodePoint } from './by-code-point';
import type { HeartbeatState, OutboxEntry } from './state/heartbeat-state';

/** What an alarm says, apart from whether it is raised or resolved. */
export type AlarmSubject = Pick<HeartbeatState, 'resource' | 'interval' | 'output'>;

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
  return alarm(subject.resource, CRITICAL, subject.output ?? text, at);
}

/** The event that says that the heartbeat is heard again, or gone. @param at milliseconds since the epoch */
export function resolved(subject: AlarmSubject, at: number): OutboxEntry {
  const text = `Event matching ${subject.resource} received`;
  return alarm(subject.resource, OK, subject.output ?? text, at);
}

/** The order of the fields is the documented one, and JSON keeps it. */
function alarm(resource: string, state: number, output: string, at: number): OutboxEntry {
  const { connector, connector_name, event_type, component } = ALARM_FIELDS;
  const source_type = 'resource';
  const key = [connector, connector_name, event_type, source_type, component, resource].join('.');
  const timestamp = Math.floor(at / 1000);
  const event = { ...ALARM_FIELDS, resource, source_type, state, output, timestamp };
  return { id: randomUUID(), key: cutRoutingKey(key), body: JSON.stringify(event) };
}
