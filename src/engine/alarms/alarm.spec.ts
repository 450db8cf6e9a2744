import { alarmLine, ended, raised, resolved, resourceOf } from './alarm';

const subject = { resource: 'connector:c1', interval: '10s', output: null };

describe('an alarm', () => {
  it('names the pattern by its keys in the order of their code points', () => {
    expect(resourceOf({ b: '2', a: '1' })).toBe('a:1.b:2');
    expect(resourceOf({ '\u{1F600}': 'x', '～': 'y' })).toBe('～:y.\u{1F600}:x');
    expect(resourceOf({ '10': 'a', '9': 'b', constructor: '' })).toBe('10:a.9:b.constructor:');
  });

  it('is the documented event when it is raised', () => {
    expect(raised(subject, 1_700_000_000_999)).toEqual({
      id: expect.any(String) as string,
      key: 'heartbeat.heartbeat.check.resource.heartbeats.connector:c1',
      body:
        '{"connector":"heartbeat","connector_name":"heartbeat","event_type":"check","component":"heartbeats",' +
        '"resource":"connector:c1","source_type":"resource","state":3,' +
        '"output":"No event matching connector:c1 for 10s","timestamp":1700000000}',
    });
  });

  it('is the documented event when it is resolved', () => {
    expect(JSON.parse(resolved(subject, 1_700_000_001_000).body)).toMatchObject({
      state: 0,
      output: 'Event matching connector:c1 received',
      timestamp: 1_700_000_001,
    });
  });

  it("says the heartbeat's own output both times; an empty one is none", () => {
    const texts = (output: string): unknown[] =>
      [raised, resolved].map((alarm) => JSON.parse(alarm({ ...subject, output }, 0).body) as unknown);
    expect(texts('Own')).toMatchObject([{ output: 'Own' }, { output: 'Own' }]);
    expect(texts('')).toMatchObject([
      { output: 'No event matching connector:c1 for 10s' },
      { output: 'Event matching connector:c1 received' },
    ]);
  });

  it.each(['removed', 'changed'] as const)(
    'says that the heartbeat was %s, not that an event came',
    (why) => {
      const { id, key, body } = ended('connector:c1', why, 1_700_000_001_000);
      expect(JSON.parse(body)).toEqual({
        ...(JSON.parse(resolved(subject, 1_700_000_001_000).body) as object),
        output: `Heartbeat ${why}`,
      });
      expect([id, key]).toEqual([expect.any(String), resolved(subject, 0).key]);
    },
  );

  it('has a routing key of 255 bytes at most, and all of the resource in its body', () => {
    const resource = 'ü'.repeat(200);
    const { key, body } = raised({ ...subject, resource }, 0);
    expect(Buffer.byteLength(key)).toBeLessThanOrEqual(255);
    expect(Buffer.byteLength(key)).toBeGreaterThanOrEqual(254);
    expect(key).not.toContain('\uFFFD');
    expect(JSON.parse(body)).toMatchObject({ resource });
  });

  it('is told in a line that no terminal obeys', () => {
    const output = '\u009b2J\u0085\u2028\u2029\u202e\u001b "\n';
    expect(alarmLine(raised({ ...subject, output }, 0))).toBe(
      `alarm raised: "${subject.resource}": "\\u{9b}2J\\u{85}\\u{2028}\\u{2029}\\u{202e}\\u001b \\"\\n"`,
    );
  });
});
