import type { V4Document } from '../canopsis/v4/document';
import { patternKey } from '../domain/pattern';
import { HeartbeatDto } from '../heartbeat/dto/heartbeat.dto';
import { type Step, planOf } from './plan';
import type { Wanted } from './wanted';

const wanted = (connector: string, fields: Partial<HeartbeatDto> = {}, id?: string): Wanted => {
  const heartbeat = new HeartbeatDto({ pattern: { connector }, expected_interval: '1h', ...fields });
  return { where: 'x', id, key: patternKey(heartbeat.pattern), heartbeat };
};
const stored = (_id: string, connector: string, fields: Partial<V4Document> = {}): V4Document => ({
  ...{ _id, pattern: { connector }, expected_interval: '1h', created: 1, updated: 1 },
  ...{ name: '', author: '', description: '', output: '', ...fields },
});
const told = (steps: Step[]): string =>
  steps
    .map((step) => {
      const { kind } = step;
      if (kind === 'created') return kind;
      if (kind !== 'changed') return `${kind} ${step.id}`;
      return `${kind} ${step.id} ${step.differences.map(({ field }) => field).join('+')}`;
    })
    .join(', ');

describe('the plan of a file', () => {
  it.each<[string, Wanted[], V4Document[], string]>([
    ['nothing is stored', [wanted('a')], [], 'created'],
    ['all is as it should be', [wanted('a', { output: null })], [stored('1', 'a')], 'unchanged 1'],
    [
      'an interval is written otherwise',
      [wanted('a', { expected_interval: '60m' })],
      [stored('1', 'a')],
      'unchanged 1',
    ],
    [
      'an interval differs',
      [wanted('a', { expected_interval: '61m' })],
      [stored('1', 'a')],
      'changed 1 expected_interval',
    ],
    ['a text is not given', [wanted('a')], [stored('1', 'a', { name: 'n' })], 'changed 1 name'],
    ['the id is known', [wanted('b', {}, '1')], [stored('1', 'a')], 'changed 1 pattern'],
    ['the id is not known, but the pattern', [wanted('a', {}, 'x')], [stored('1', 'a')], 'unchanged 1'],
    [
      'one gives its pattern to another',
      [wanted('b', {}, '1'), wanted('a')],
      [stored('1', 'a')],
      'changed 1 pattern, created',
    ],
    ['two are stored with one pattern', [wanted('a')], [stored('1', 'a'), stored('2', 'a')], 'unchanged 1'],
    [
      'others are stored that are none',
      [wanted('a')],
      [stored('1', 'a', { pattern: 'text' as never, expected_interval: '' })],
      'created',
    ],
  ])('is right where %s', (_, file, there, expected) => {
    expect(told(planOf(file, there, false))).toBe(expected);
  });

  it('removes what the file does not have where it is asked to, and only then', () => {
    const there = [stored('1', 'a'), stored('2', 'b'), stored('3', 'a')];
    expect(told(planOf([wanted('a')], there, true))).toBe('unchanged 1, removed 2, removed 3');
    expect(told(planOf([], there, true))).toBe('removed 1, removed 2, removed 3');
    expect(told(planOf([], there, false))).toBe('');
  });

  it('says what differs', () => {
    const [step] = planOf([wanted('b', { name: 'n' }, '1')], [stored('1', 'a', { name: 'm' })], false);
    expect(step).toMatchObject({
      differences: [
        { field: 'pattern', from: { connector: 'a' }, to: { connector: 'b' } },
        { field: 'name', from: 'm', to: 'n' },
      ],
    });
  });
});
