import { alertOf, labelName, toldBy } from './alert';
import { raised, resolved } from './alarm';

const AT = 1_700_000_000_400;

/** The labels of a heartbeat with this pattern. */
const labelsOf = (pattern: unknown, id = 'h1', name?: unknown): Record<string, string> =>
  (JSON.parse(alertOf(id, { name, pattern }, AT)) as { labels: Record<string, string> }).labels;

describe('the label of a field', () => {
  it.each([
    ['connector', 'connector'],
    ['_a1', '_a1'],
    ['name', 'U__name'],
    ['heartbeat', 'U__heartbeat'],
    ['alertname', 'U__alertname'],
    ['a-b', 'U__a_2d_b'],
    ['a_-', 'U__a___2d_'],
    ['1st', 'U__1st'],
    ['é', 'U___e9_'],
    ['😀', 'U___1f600_'],
    ['__name__', 'U______name____'],
    ['U__name', 'U__U____name'],
  ])('%s is %s', (field, label) => {
    expect(labelName(field)).toBe(label);
    expect(label).toMatch(/^[a-zA-Z_][a-zA-Z0-9_]*$/);
  });

  it('is another one for each field', () => {
    const letters = ['_', '-', 'a', '2', 'd', 'U'];
    const words = (length: number): string[] =>
      length === 0 ? [''] : words(length - 1).flatMap((word) => letters.map((letter) => letter + word));
    const fields = [1, 2, 3, 4, 5].flatMap(words);
    expect(new Set(fields.map(labelName)).size).toBe(fields.length);
  });
});

describe('an alert', () => {
  it('is bounded, and what is cut stays different', () => {
    const long = (end: string): string => 'é'.repeat(5_000) + end;
    const [one, two] = [labelsOf({ a: long('1') }, long('x')), labelsOf({ a: long('2') }, long('y'))];
    for (const label of ['a', 'heartbeat']) {
      expect(one[label]).not.toBe(two[label]);
      expect(Buffer.byteLength(one[label] ?? '')).toBeLessThanOrEqual(1_024);
      expect(one[label]).toMatch(/^é+…[0-9a-f]{16}$/);
    }
    const many = Object.fromEntries(Array.from({ length: 1_000 }, (_, i) => [`f${i}`, 'v'.repeat(100)]));
    expect(alertOf('h1', { pattern: many }, AT).length).toBeLessThan(25_000);
    expect(labelsOf({ ['x'.repeat(200)]: '1', b: '2' })).toEqual({
      ...{ alertname: 'HeartbeatSilent', heartbeat: 'h1', b: '2' },
    });
  });

  it('has no labels of what another program wrote and is no name and no pattern', () => {
    expect(labelsOf(7, 'h1', 7)).toEqual({ alertname: 'HeartbeatSilent', heartbeat: 'h1' });
  });

  it('starts with the alarm, is open for a day from when it is told, and never ends before it starts', () => {
    const subject = { resource: 'a:1', interval: '10s', output: 'o'.repeat(10_000) };
    const alert = alertOf('h1', undefined, AT);
    const open = toldBy({ ...raised(subject, AT), alert }, AT + 5_000);
    expect(open).toMatchObject({
      ...{
        isEnd: false,
        alert: { startsAt: '2023-11-14T22:13:20.000Z', endsAt: '2023-11-15T22:13:25.400Z' },
      },
    });
    expect(open.alert.annotations.output).toHaveLength(4_096 - 2);
    const { alert: over } = toldBy({ ...resolved(subject, AT - 3_000), alert }, AT);
    expect([over.startsAt, over.endsAt]).toEqual(['2023-11-14T22:13:17.000Z', '2023-11-14T22:13:17.000Z']);
  });
});
