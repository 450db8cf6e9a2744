import { execFileSync } from 'node:child_process';
import { commandOf } from './command';

/** The words that a shell makes of a command, and the event among them. */
function wordsOf(pattern: Record<string, string>, user: string | null): { words: string[]; event: unknown } {
  const command = commandOf(pattern, 'http://host/api/v2/event', user);
  const printed = execFileSync('sh', ['-c', `printf '%s\\0' ${command}`], { encoding: 'utf8' });
  const words = printed.split('\0').slice(0, -1);
  return { words, event: JSON.parse(words[words.indexOf('-d') + 1] ?? '') };
}

describe('the command that sends an event', () => {
  it('is one event of the pattern, whatever is in it', () => {
    const pattern = { connector: `it's "$(id)" \`x\` é\n`, resource: '-d' };
    const { words, event } = wordsOf(pattern, `o'neil`);
    expect(event).toEqual({ connector_name: 'manual', component: 'manual', event_type: 'check', ...pattern });
    expect(words.slice(0, 3)).toEqual(['curl', '-u', `o'neil`]);
    expect(words.at(-1)).toBe('http://host/api/v2/event');
  });

  it('names a resource where the pattern wants an event of one', () => {
    expect(wordsOf({ source_type: 'resource' }, null).event).toMatchObject({ resource: 'manual' });
  });
});
