import { eventFieldText } from '../domain/event-field-text';
import { isPattern } from '../domain/pattern';
import { type CanopsisEvent, eventProblem, isEngineAlarm, withSourceType } from '../events/event';

/** What an event needs besides a pattern's fields; none of it makes it an alarm. */
const COMPLETION = {
  connector: 'ping',
  connector_name: 'ping',
  event_type: 'check',
  component: 'ping',
  state: 0,
} as const;
/** A pattern may ask for the source type that only a resource gives. */
const RESOURCE = 'ping';

/** The event of a ping, or why there can be none. */
export type PingEvent = { readonly event: CanopsisEvent } | { readonly problem: string };

/**
 * The event that a heartbeat waits for: the fields of its pattern, completed to one that can be posted.
 * @param pattern as it is stored; old documents may hold anything there
 */
export function pingEvent(pattern: unknown): PingEvent {
  if (!isPattern(pattern)) return { problem: 'its pattern cannot be read' };
  const resource = pattern['source_type'] === 'resource' &&
    pattern['resource'] === undefined && { resource: RESOURCE };
  const event = withSourceType({ ...COMPLETION, ...resource, ...pattern });
  const problem = eventProblem(event);
  if (problem !== undefined) return { problem };
  if (isEngineAlarm(event)) return { problem: 'its pattern is that of alarms' };
  const differs = Object.entries(pattern).find(([field, text]) => eventFieldText(event[field]) !== text);
  if (differs !== undefined) return { problem: `no event can have ${differs.map(cut).join(': ')}` };
  return { event };
}

const cut = (text: string): string => (text.length > 50 ? `${text.slice(0, 50)}…` : text).toWellFormed();
