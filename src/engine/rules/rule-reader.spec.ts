import type { HeartbeatCollection } from '../../heartbeat/heartbeat-collection';
import type { StoredHeartbeat } from '../../heartbeat/heartbeat.schema';
import { NO_TOLERANCE } from '../../domain/tolerance';
import { patternKey } from '../../domain/pattern';
import { RuleReader } from './rule-reader';

const pattern = { connector: 'c' };
const key = patternKey(pattern);
const heartbeat = (_id: string, more: Partial<StoredHeartbeat>): StoredHeartbeat => ({
  _id,
  pattern,
  expected_interval: '1h',
  ...more,
});

describe('rules that are read together', () => {
  it('have one that is watched of a pattern, where another program wrote an older heartbeat with it', async () => {
    const holder = heartbeat('a', { pattern_key: key, inserted: 1 });
    const older = heartbeat('b', {});
    const stored = new Map([holder, older].map((each) => [each._id, each]));
    const changed: string[] = [];
    const heartbeats = {
      complete: () => {
        stored.set('a', heartbeat('a', { repeats: key, inserted: 1 }));
        stored.set('b', heartbeat('b', { pattern_key: key, inserted: 2 }));
        return Promise.resolve({ younger: ['a', 'elsewhere'], elder: ['b'] });
      },
      readByIds: (ids: readonly string[]) => Promise.resolve(ids.flatMap((id) => stored.get(id) ?? [])),
      holdersOf: () => Promise.resolve(new Map([[key, 'b']])),
    } as unknown as HeartbeatCollection;
    const reader = new RuleReader({
      heartbeats,
      tolerance: NO_TOLERANCE,
      changed: (ids) => changed.push(...ids),
    });

    const rules = await reader.rulesIn([holder, older]);
    expect([...rules.values()].map(({ id, valid }) => [id, valid])).toEqual([
      ['a', false],
      ['b', true],
    ]);
    expect(changed).toEqual(['elsewhere']);
  });
});
