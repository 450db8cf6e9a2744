/** One alarm event that is still to be sent. */
export interface OutboxEntry {
  /** Unique, and the same however often the alarm is sent: receivers may tell repetitions by it. */
  id: string;
  /** AMQP routing key, 255 bytes at most. */
  key: string;
  /** The alarm event as JSON text, byte for byte as it goes out. */
  body: string;
  /** In the outbox of an Alertmanager: which of its alerts this is about, see `HeartbeatState.alert`. */
  alert?: string;
}

/** What is still to be sent to one receiver of a heartbeat's alarms, and who may send it. */
export interface OutboxFields {
  /** Oldest first. */
  outbox: OutboxEntry[];
  /** The length of `outbox`, for the index. */
  unsent: number;
  /** No other process may send from this outbox before this time; 0 when it is free. */
  leased_until: number;
  /** Who may send until then. */
  lease?: string;
  /** Failed attempts to send the first entry of the outbox. */
  attempts: number;
}

/**
 * Which of a heartbeat's outboxes: `main` for the broker, or for whatever alarms go to alone; `webhook` for a webhook beside a
 * broker, `alertmanager` for an Alertmanager beside both, so that none holds up another (decisions 26 and 29).
 */
export type OutboxName = 'main' | 'webhook' | 'alertmanager';

/** An outbox beside the main one; absent while no alarm was put into it. */
type OutboxBeside<Name extends OutboxName> = {
  -readonly [Field in keyof OutboxFields as `${Name}_${Field}`]?: OutboxFields[Field];
};

/** The outboxes beside the main one. */
export type OutboxesBeside = OutboxBeside<'webhook'> & OutboxBeside<'alertmanager'>;

/** Where alarms have one receiver. */
export const MAIN_ALONE: readonly OutboxName[] = ['main'];

const PREFIX: Readonly<Record<OutboxName, string>> = {
  ...{ main: '', webhook: 'webhook_', alertmanager: 'alertmanager_' },
};
const FIELDS = ['outbox', 'unsent', 'leased_until', 'lease', 'attempts'] as const;

/** @returns the name of a field of an outbox, as it is stored */
export const inOutbox = (name: OutboxName, field: keyof OutboxFields): string => PREFIX[name] + field;

/** @returns the fields of an outbox, as far as they were read or are there */
export function outboxOf(
  state: Partial<OutboxFields & OutboxesBeside>,
  name: OutboxName,
): Partial<OutboxFields> {
  const stored = state as Readonly<Record<string, unknown>>;
  return Object.fromEntries(FIELDS.map((field) => [field, stored[inOutbox(name, field)]]));
}

/** @returns how many alarms wait in an outbox of a state document that was read */
export const unsentIn = (
  state: Partial<Pick<OutboxFields & OutboxesBeside, 'unsent' | 'webhook_unsent' | 'alertmanager_unsent'>>,
  name: OutboxName,
): number => (state as Readonly<Record<string, number | undefined>>)[inOutbox(name, 'unsent')] ?? 0;

/** The parts of an update that puts an alarm into outboxes. */
export interface Queued {
  readonly $push: Readonly<Partial<Record<'outbox' | 'webhook_outbox' | 'alertmanager_outbox', OutboxEntry>>>;
  readonly $inc: Readonly<Record<string, number>>;
  /** Absent where nothing is to be raised: not every database takes an operator without fields. */
  readonly $max?: Readonly<Record<string, number>>;
}

/**
 * @param alert which alert it is about; without one, Alertmanager is told nothing, since it never heard of it
 * @returns what puts an alarm into these outboxes, whether or not they were used before
 */
export function queued(entry: OutboxEntry, names: readonly OutboxName[], alert?: string): Queued {
  const $push: Record<string, OutboxEntry> = {};
  const $inc: Record<string, number> = {};
  const $max: Record<string, number> = {};
  for (const name of names) {
    if (name === 'alertmanager' && alert === undefined) continue;
    $push[inOutbox(name, 'outbox')] = name === 'alertmanager' ? { ...entry, alert } : entry;
    $inc[inOutbox(name, 'unsent')] = 1;
    if (name === 'main') continue;
    $inc[inOutbox(name, 'attempts')] = 0;
    $max[inOutbox(name, 'leased_until')] = 0;
  }
  return { $push, $inc, ...(Object.keys($max).length > 0 && { $max }) };
}
