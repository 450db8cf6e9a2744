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

/** As deep as a document database stores; deeper ones could not even be echoed. */
const DEEPEST = 100;
/** A check has the same fields, and so never matches either (contract: engine, "Silence must be proven"). */
const CHECK_FIELDS = {
  connector: ALARM_FIELDS.connector,
  connector_name: ALARM_FIELDS.connector_name,
  event_type: ALARM_FIELDS.event_type,
  source_type: 'resource',
  component: ALARM_FIELDS.component,
  resource: 'engine',
  state: 0,
  output: 'The heartbeat engine hears',
} as const;

const ALARM_ENTRIES = Object.entries(ALARM_FIELDS);

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

/** The event that shows that events come, where it comes back. @param at milliseconds since the epoch */
export const checkEvent = (at: number): CanopsisEvent => ({
  ...CHECK_FIELDS,
  timestamp: Math.floor(at / 1_000),
});

/** Cuts a routing key to 255 bytes of UTF-8, at the end of a character. */
export function cutRoutingKey(key: string): string {
  const bytes = Buffer.from(key, 'utf8');
  if (bytes.length <= ROUTING_KEY_BYTES) return key;
  let end = ROUTING_KEY_BYTES;
  while ((bytes.readUInt8(end) & 0b1100_0000) === 0b1000_0000) end -= 1;
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

/** Whether a value is nested deeper than an event, or an array of events, may be: 100 levels. */
export const isDeeperThanEvents = (value: unknown): boolean => isDeeper(value, DEEPEST);

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((inner) => isDeeper(inner, levels - 1));
}

/** The routing key of a check: no word at all, so that of all bindings only `#`, to which every event comes, lets it through. */
export const CHECK_ROUTING_KEY = '';
