/** A Canopsis event: a JSON object whose top-level fields heartbeats are matched against. */
export type CanopsisEvent = Record<string, unknown>;

/** AMQP 0-9-1: a routing key is a short string, whose length is one byte. */
const ROUTING_KEY_BYTES = 255;

/** The texts that no event sent over HTTP can do without. */
export const REQUIRED_FIELDS = ['connector', 'connector_name', 'event_type', 'component'] as const;

/** What every alarm of the engine carries (contract: engine, "Alarms out"). */
export const ALARM_FIELDS = {
  connector: 'heartbeat',
  connector_name: 'heartbeat',
  event_type: 'check',
  component: 'heartbeats',
} as const;

const ALARM_ENTRIES = Object.entries(ALARM_FIELDS);

/** Whether a value is a JSON object: not null, not an array. */
export function isJsonObject(value: unknown): value is CanopsisEvent {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Why an event sent over HTTP cannot be taken, or `undefined` where it can (contract: engine, "Events in").
 *
 * @returns for example `connector must be a non-empty string`.
 */
export function eventProblem(event: CanopsisEvent): string | undefined {
  const missing = REQUIRED_FIELDS.find((field) => !isFilledText(event, field));
  return missing === undefined ? undefined : `${missing} must be a non-empty string`;
}

/** A copy of the event with its `source_type`: `resource` where `resource` is a non-empty string, otherwise `component`. */
export function withSourceType(event: CanopsisEvent): CanopsisEvent {
  return { ...event, source_type: isFilledText(event, 'resource') ? 'resource' : 'component' };
}

/**
 * The routing key `connector.connector_name.event_type.source_type.component[.resource]`, cut to 255 bytes.
 *
 * @param event one without a problem, and with its source type.
 */
export function routingKey(event: CanopsisEvent): string {
  const fields = ['connector', 'connector_name', 'event_type', 'source_type', 'component'];
  if (isFilledText(event, 'resource')) fields.push('resource');
  return cutRoutingKey(fields.map((field) => String(event[field])).join('.'));
}

/** Cuts a routing key to 255 bytes of UTF-8, at the end of a character. */
export function cutRoutingKey(key: string): string {
  const bytes = Buffer.from(key, 'utf8');
  if (bytes.length <= ROUTING_KEY_BYTES) return key;
  let end = ROUTING_KEY_BYTES;
  while ((bytes[end] & 0b1100_0000) === 0b1000_0000) end -= 1;
  return bytes.toString('utf8', 0, end);
}

/**
 * Whether an engine sent this event as an alarm. Such events never match, or a heartbeat on `connector: heartbeat` would be
 * kept alive by its own alarm. The four documented fields decide: they survive another engine's publishing the event
 * anew, mean the same on every transport, and hold for the alarms of other heartbeat engines as well.
 */
export function isEngineAlarm(event: CanopsisEvent): boolean {
  return ALARM_ENTRIES.every(([field, value]) => event[field] === value);
}

function isFilledText(event: CanopsisEvent, field: string): boolean {
  return Object.hasOwn(event, field) && typeof event[field] === 'string' && event[field] !== '';
}
