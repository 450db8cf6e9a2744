import { Matcher, type Pattern } from '../../src/engine/matcher/matcher';
import { at } from '../../test/support/at';
import type { Results } from '../support/results';
import { median } from '../support/rounds';

const FEW = 100;
const MANY = 100_000;
const EVENTS = 20_000;
const ROUNDS = 11;

/** Ten key sets of one to five fields, texts and numbers, as real rules have them. */
const KEY_SETS: readonly (readonly string[])[] = [
  ['component'],
  ['connector', 'connector_name', 'resource'],
  ['component', 'resource'],
  ['connector', 'component'],
  ['event_type', 'component', 'resource'],
  ['connector', 'connector_name', 'event_type', 'component', 'resource'],
  ['component', 'state'],
  ['resource', 'state', 'latency'],
  ['connector_name', 'tags', 'component'],
  ['source_type', 'resource'],
];

interface Measurement {
  /** Microseconds of processor time for each event. */
  readonly perEvent: number;
  readonly found: number;
}

interface Contender {
  readonly measure: () => Measurement;
  readonly rounds: Measurement[];
}

/**
 * Measures the matcher alone, text conversion included, and prints a table. Every event has every field, so that each of the ten
 * groups is composed and searched. The rounds of the contenders alternate, so that a slower moment of the machine hits both, and
 * each round has freshly parsed events. Times are processor time, so that other programs do not count.
 */
export async function benchMatcher(results: Results): Promise<void> {
  const few = matcherOf(FEW);
  const many = matcherOf(MANY);
  const sameFew: Contender = { measure: () => time(few, eventsAimedAt(FEW)), rounds: [] };
  const sameMany: Contender = { measure: () => time(many, eventsAimedAt(FEW)), rounds: [] };
  const spread: Contender = { measure: () => time(many, eventsAimedAt(MANY)), rounds: [] };
  await alternate([sameFew, sameMany, spread]);
  results.head('matcher alone', 'µs per event (median)', 'events/s', 'over 100', 'to reach');
  const row = (name: string, contender: Contender, toReach: string): void => {
    const perEvent = medianOf(contender);
    results.row(
      ...[name, perEvent.toFixed(2), String(Math.round(1e6 / perEvent))],
      ...[(perEvent / medianOf(sameFew)).toFixed(2), toReach],
    );
  };
  row('100 heartbeats', sameFew, '');
  row('100,000 heartbeats, the same events', sameMany, '≤ 1.3, and ≥ 300,000/s');
  row('100,000 heartbeats, events for all of them', spread, '');
}

function matcherOf(heartbeats: number): Matcher<{ readonly id: string }> {
  const matcher = new Matcher<{ readonly id: string }>();
  for (let i = 0; i < heartbeats; i++) matcher.add({ id: `heartbeat-${i}` }, asReceived(patternOf(i)));
  return matcher;
}

function patternOf(i: number): Pattern {
  const fields = fieldsOf(i);
  return Object.fromEntries(at(KEY_SETS, i % KEY_SETS.length).map((key) => [key, String(fields[key])]));
}

function fieldsOf(i: number): Record<string, unknown> {
  return {
    connector: `snmp-${i % 50}`,
    connector_name: `collector-${i % 997}.site-${i % 7}`,
    event_type: 'check',
    source_type: 'resource',
    component: `server-${i}.example.net`,
    resource: `disk-${i}-usage`,
    state: i % 4,
    latency: (i % 1_000) / 8,
    tags: ['linux', i % 13],
    output: `usage is ${i % 100} %`,
    timestamp: 1_700_000_000 + i,
  };
}

/** Events as they come in: parsed from text, in scattered order. */
function eventsAimedAt(heartbeats: number): Record<string, unknown>[] {
  return Array.from({ length: EVENTS }, (_, i) => asReceived(fieldsOf((i * 7_919) % heartbeats)));
}

function asReceived<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}

function time(
  matcher: Matcher<{ readonly id: string }>,
  events: readonly Record<string, unknown>[],
): Measurement {
  let found = 0;
  const start = process.cpuUsage();
  for (const event of events) found += matcher.match(event).length;
  const { user, system } = process.cpuUsage(start);
  return { perEvent: (user + system) / events.length, found };
}

async function alternate(contenders: readonly Contender[]): Promise<void> {
  for (let round = -1; round < ROUNDS; round++) {
    for (const { measure, rounds } of contenders) {
      const measured = measure();
      if (round >= 0) rounds.push(measured); // the first round only warms up
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}

const medianOf = ({ rounds }: Contender): number => median(rounds.map(({ perEvent }) => perEvent));
