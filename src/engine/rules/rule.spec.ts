import { patternFingerprint, readRule } from './rule';

const heartbeat = { _id: 'x', pattern: { a: '1', b: '2' }, expected_interval: '90m', output: 'text' };

describe('readRule', () => {
  it('reads what is to be watched', () => {
    expect(readRule(heartbeat)).toMatchObject({
      id: 'x',
      valid: true,
      pattern: { a: '1', b: '2' },
      interval: '90m',
      intervalMs: 5_400_000,
      output: 'text',
    });
  });

  it.each([undefined, null, 3, {}])('takes %p for no output', (output) => {
    expect(readRule({ ...heartbeat, output })).toMatchObject({ valid: true, output: null });
  });

  it.each([
    { expected_interval: 's' },
    { expected_interval: '10s\n' },
    { expected_interval: 10 },
    { expected_interval: undefined },
    { pattern: { a: 1 } },
    { pattern: {} },
    { pattern: [] },
    { pattern: undefined },
    { pattern: 10n },
  ])('finds nothing to watch with %p', (fields) => {
    expect(readRule({ ...heartbeat, ...fields })).toMatchObject({ valid: false });
  });

  it('has another fingerprint with any change, and the same in any order of keys', () => {
    const changes = [
      {},
      { pattern: { a: '12' } },
      { expected_interval: '1h' },
      { output: null },
      { pattern: {} },
    ];
    const prints = changes.map((fields) => readRule({ ...heartbeat, ...fields }).fingerprint);
    expect(new Set(prints).size).toBe(changes.length);
    const other = readRule({ ...heartbeat, pattern: { b: '2', a: '1' } });
    expect(other.fingerprint).toBe(prints[0]);
    expect(patternFingerprint({ b: '2', a: '1' })).toBe(patternFingerprint(heartbeat.pattern));
  });

  it('has the fingerprints that are stored: with others, a new version would begin every heartbeat afresh', () => {
    expect([readRule(heartbeat).fingerprint, patternFingerprint(heartbeat.pattern)]).toEqual([
      '3fLFMggiiwXElZbnKObcWt',
      'jUw8hi2PVytPKRlQoOzEIW',
    ]);
    expect(readRule({ ...heartbeat, expected_interval: 's' }).fingerprint).toBe('-u3TvOiRWivDSrH2RRXbfi');
  });
});
