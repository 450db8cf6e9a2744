import { type HeartbeatState, STATES } from './heartbeat-state';
import { inOutbox, type OutboxName } from './outbox-fields';

type Test = (value: unknown) => boolean;

const isNumber: Test = (value) => typeof value === 'number';
const isText: Test = (value) => typeof value === 'string';
const orNull =
  (test: Test): Test =>
  (value) =>
    value === null || test(value);
const orAbsent =
  (test: Test): Test =>
  (value) =>
    value === undefined || test(value);

/** @param number the test of its numbers; most readers leave its list out */
const outboxTests = (name: OutboxName, number: Test): Record<string, Test> => ({
  [inOutbox(name, 'unsent')]: number,
  [inOutbox(name, 'leased_until')]: number,
  [inOutbox(name, 'attempts')]: number,
  [inOutbox(name, 'outbox')]: orAbsent(Array.isArray),
});

/** Whether a state can be held against its heartbeat: what is read of all of them. */
const LEAN: Readonly<Partial<Record<keyof HeartbeatState, Test>>> = {
  state: (value) => (STATES as readonly unknown[]).includes(value),
  revision: isNumber,
  rule: isText,
  deadline: orNull(isNumber),
};
const REST: Readonly<Partial<Record<keyof HeartbeatState, Test>>> = {
  ...{ since: isNumber, last_event: orNull(isNumber), pattern: isText, resource: isText },
  ...{ interval: isText, interval_ms: isNumber, output: orNull(isText), reason: orAbsent(isText) },
  ...{ alarm_since: orAbsent(isNumber), repeat_at: orAbsent(isNumber), refresh_at: orAbsent(isNumber) },
  ...{ alert: orAbsent(isText), past_to: orAbsent(isNumber), past: orAbsent(Array.isArray) },
  ...outboxTests('main', isNumber),
  ...outboxTests('webhook', orAbsent(isNumber)),
  ...outboxTests('alertmanager', orAbsent(isNumber)),
};

type Fields = Readonly<Partial<Record<keyof HeartbeatState, unknown>>>;

const allHold = (tests: [string, Test][], state: Fields): boolean =>
  tests.every(([field, test]) => test(state[field as keyof HeartbeatState]));
const LEAN_TESTS = Object.entries(LEAN);
const ALL_TESTS = Object.entries({ ...LEAN, ...REST });

/** Whether state, revision, rule and deadline are what they should be: another program may have written anything. */
export const isLeanSound = (state: Fields): boolean => allHold(LEAN_TESTS, state);

/** Whether all fields of a state document are what they should be, the lists as far as they were read. */
export const isSound = (state: Fields): boolean => allHold(ALL_TESTS, state);
