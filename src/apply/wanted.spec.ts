import { ApplyError } from './apply-error';
import { wantedIn } from './wanted';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const read = (text: string, file = 'f.yaml'): unknown =>
  wantedIn(bytes(text), file).map(({ id, heartbeat }) => ({ id, ...heartbeat }));
const problem = (text: string | Uint8Array, file = 'f.yaml'): string => {
  try {
    wantedIn(typeof text === 'string' ? bytes(text) : text, file);
  } catch (error) {
    expect(error).toBeInstanceOf(ApplyError);
    return (error as Error).message;
  }
  throw new Error('it was taken');
};

const YAML = `
# The nightly ones.
- name: Batch of Lille
  pattern: &batch { connector: batch, connector_name: lille }
  expected_interval: 15m
- _id: paris
  pattern:
    <<: none
    connector: batch
    connector_name: 'paris'
  expected_interval: "1h"
  output: |
    two
    lines
`;

describe('a file of heartbeats', () => {
  it('is YAML', () => {
    expect(read(YAML)).toMatchObject([
      {
        name: 'Batch of Lille',
        pattern: { connector: 'batch', connector_name: 'lille' },
        expected_interval: '15m',
      },
      { id: 'paris', output: 'two\nlines\n', expected_interval: '1h' },
    ]);
  });

  it('is JSON, as the API lists heartbeats too', () => {
    const item = { _id: 'x', pattern: { a: 'b' }, expected_interval: '1h', created: 1, updated: 2 };
    for (const text of [JSON.stringify([item]), JSON.stringify({ heartbeats: [item] })])
      expect(read(text, 'f.json')).toMatchObject([{ id: 'x', pattern: { a: 'b' } }]);
  });

  it('may ask for none, if it says so', () => {
    expect(read('[]')).toEqual([]);
    for (const text of [
      '',
      '# nothing',
      '{}',
      'null',
      '"x"',
      '5',
      'pattern: {a: b}',
      'heartbeats: []\nmore: 1',
    ])
      expect(problem(text)).toMatch(/^f\.yaml cannot be applied: it must be a list of heartbeats/);
  });

  it.each([
    ['- 5', 'heartbeat 1: it must be an object'],
    [
      '- {pattern: {a: b}, expected_interval: 1h, intervall: 1h}',
      'heartbeat 1: there is no field "intervall"',
    ],
    [
      '- {pattern: {a: 80}, expected_interval: 1h}',
      'key "a" must have a text; a number or a word like true must stand in quotes',
    ],
    ['- {pattern: {a: true}, expected_interval: 1h}', 'must stand in quotes'],
    ['- {pattern: {}, expected_interval: 1h}', 'heartbeat 1: pattern must have at least one key'],
    ['- {pattern: {a: b}, expected_interval: 10}', 'heartbeat 1: expected_interval must be a whole number'],
    ['- {pattern: {a: b}, expected_interval: 1d}', 'heartbeat 1: expected_interval must be a whole number'],
    ['- {pattern: {a: b}, expected_interval: 1h, name: 5}', 'heartbeat 1: name must be a text'],
    [
      '- {_id: 5, pattern: {a: b}, expected_interval: 1h}',
      'heartbeat 1: _id must be a text that is not empty',
    ],
    [
      '- {_id: "", pattern: {a: b}, expected_interval: 1h}',
      'heartbeat 1: _id must be a text that is not empty',
    ],
    [
      '- &a {_id: x, pattern: {a: b}, expected_interval: 1h}\n- *a',
      'heartbeat 2: its _id is that of heartbeat 1\nheartbeat 2: its pattern is that of heartbeat 1',
    ],
    ['- {', 'it is neither JSON nor one YAML document'],
    ['a: 1\na: 2', 'it is neither JSON nor one YAML document'],
    ['a: 1\n---\nb: 2', 'it is neither JSON nor one YAML document'],
  ])('is refused: %s', (text, expected) => expect(problem(text)).toContain(expected));

  it('is refused for all that is wrong with it at once', () => {
    expect(problem('- 5\n- {pattern: {a: b}, expected_interval: 1h}\n- {pattern: x}')).toMatch(
      /heartbeat 1: [^\n]+\nheartbeat 3: [^\n]+$/,
    );
  });

  it('is refused where it is no UTF-8, no JSON though its name says so, or grows beyond all bounds', () => {
    expect(problem(new Uint8Array([0xff]))).toBe('f.yaml cannot be applied: it is not UTF-8');
    expect(problem('- a', 'f.json')).toMatch(/^f\.json cannot be applied: it is not JSON: /);
    const lines = Array.from(
      { length: 12 },
      (_, n) => `a${n + 1}: &a${n + 1} [${Array(9).fill(`*a${n}`).join()}]`,
    );
    expect(problem(['a0: &a0 [x]', ...lines].join('\n'))).toMatch(/neither JSON nor one YAML document/);
  });
});
