import { LogAlarmSink } from './log-alarm-sink';

async function logged(event: { state: number; resource: string; output: string }): Promise<string[]> {
  const lines: string[] = [];
  const sink = new LogAlarmSink({ warn: (line: string) => void lines.push(line) });
  await sink.deliver({ id: '1', key: 'k', body: JSON.stringify(event) });
  return lines;
}

describe('LogAlarmSink', () => {
  it.each([
    [3, 'raised'],
    [0, 'resolved'],
  ])('says in one line that an alarm of state %i is %s, of which resource and why', async (state, change) => {
    const lines = await logged({ state, resource: 'connector:c1', output: 'No event\nfor 10s' });
    expect(lines).toEqual([`alarm ${change}: "connector:c1": "No event\\nfor 10s"`]);
  });

  it('shortens texts of a megabyte', async () => {
    const [line] = await logged({ state: 3, resource: 'x'.repeat(1_000_000), output: 'y'.repeat(1_000_000) });
    expect(line).toBe(`alarm raised: "${'x'.repeat(300)}…": "${'y'.repeat(300)}…"`);
  });
});
