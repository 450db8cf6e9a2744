import { UsageError, commandOf } from './command-line';

describe('commandOf', () => {
  it.each([
    [[], { name: 'run' }],
    [['run'], { name: 'run' }],
    [['check'], { name: 'check' }],
    [['help'], { name: 'help' }],
    [['version'], { name: 'version' }],
    [['import', 'a.jsonl'], { name: 'import', file: 'a.jsonl' }],
    [['export', '-'], { name: 'export', file: '-' }],
    [['test', '--port', '0', '--dialect', 'canopsis-3'], { name: 'test', port: 0, dialect: 'canopsis-3' }],
    [
      ['hash-password', 'alice', '--key'],
      { name: 'hash-password', user: 'alice', key: true, existing: false, readOnly: false },
    ],
  ])('reads %j', (args, command) => {
    expect(commandOf(args)).toEqual(command);
  });

  it.each([
    ['--check', 'check'],
    ['--test', 'test'],
    ['--help', 'help'],
    ['-h', 'help'],
    ['--version', 'version'],
    ['-v', 'version'],
  ])('takes %s for %s', (flag, word) => {
    expect(commandOf([flag])).toEqual(commandOf([word]));
  });

  it('takes options before the flag that they belong to', () => {
    expect(commandOf(['--port', '80', '--test'])).toEqual({ name: 'test', port: 80, dialect: undefined });
  });

  it.each(['import', 'hash-password', 'test'])('gives help instead of %s where that is asked for', (word) => {
    expect(commandOf([word, '--help'])).toEqual({ name: 'help' });
  });

  it.each([
    [['nonsense'], 'there is no command "nonsense"'],
    [['constructor'], 'there is no command "constructor"'],
    [['--nonsense'], "Unknown option '--nonsense'"],
    [['import'], 'import takes one FILE'],
    [['export', 'a', 'b'], 'export takes one FILE'],
    [['check', 'a'], 'check takes nothing behind it'],
    [['--check', 'import'], 'check takes nothing behind it'],
    [['--port', '80'], '--port belongs to test; otherwise set HEARTBEAT_DIALECT and PORT'],
    [['check', '--key'], '--key belongs to hash-password'],
    [['test', '--port', '65536'], '--port is a number from 0 to 65535'],
    [['test', '--dialect', 'x'], '--dialect is one of canopsis-3, canopsis-4, canopsis-4.3'],
    [['hash-password', 'a', 'b'], 'hash-password takes one NAME'],
  ])('refuses %j with the reason, in a line that says where there is more', (args, reason) => {
    expect(() => commandOf(args)).toThrow(UsageError);
    expect(() => commandOf(args)).toThrow(reason);
    expect(() => commandOf(args)).toThrow(/^[^\n]+; `canopsis-heartbeat help` tells more$/);
  });
});
