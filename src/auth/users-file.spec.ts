import { parseUsersFile, UsersFileError } from './users-file';

const KEY = `sha256$${'0123456789abcdef'.repeat(4)}`;
const OTHER_KEY = KEY.replace('0', 'f');
const HASH = '$scrypt$ln=10,r=8,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNoaGFzaA';

function problemsOf(text: string): readonly string[] {
  try {
    parseUsersFile(text);
  } catch (error) {
    expect(error).toBeInstanceOf(UsersFileError);
    return (error as UsersFileError).problems;
  }
  return [];
}

describe('parseUsersFile', () => {
  it('reads a line for each user, between comments, blank lines and any line ends', () => {
    const text = `\uFEFF# operators\r\n\r\nroot:${HASH}\r\n   \n\trené m:${HASH}  \n#old:${HASH}\n`;
    const { passwords } = parseUsersFile(text);
    expect([...passwords.keys()]).toEqual(['root', 'rené m']);
    expect(passwords.get('root')).toMatchObject({ ln: 10, r: 8, p: 1, salt: Buffer.from('saltsalt') });
  });

  it('reads a last line without a line end', () => {
    expect(parseUsersFile(`a:${HASH}\nb:${HASH}`).passwords.size).toBe(2);
  });

  it('reads any number of keys of a user, with or without a password', () => {
    const { passwords, keys, rights } = parseUsersFile(`ada:key:${KEY}\nada:${HASH}\nada:key:${OTHER_KEY}\n`);
    expect([[...passwords.keys()], [...keys.values()], rights.size]).toEqual([
      ['ada'],
      [{ name: 'ada' }, { name: 'ada' }],
      0,
    ]);
    expect(parseUsersFile(`ada:key:${KEY}`).keys.get('0123456789abcdef'.repeat(4))).toEqual({ name: 'ada' });
  });

  it('takes each line for itself where it says read-only', () => {
    const text = `ada:${HASH}:read-only\nada:key:${KEY}\nbob:key:${OTHER_KEY}:read-only\nbob:${HASH}`;
    const { keys, rights } = parseUsersFile(text);
    expect([...keys.values()]).toEqual([{ name: 'ada' }, { name: 'bob', rights: ['read'] }]);
    expect([...rights]).toEqual([['ada', ['read']]]);
  });

  it('reads the rights of a line, in whatever order, and none', () => {
    const text = `ada:${HASH}:rights=event,create\nada:key:${KEY}:rights=none\nbob:key:${OTHER_KEY}:rights=update\nbob:${HASH}:rights=none`;
    const { keys, rights } = parseUsersFile(text);
    expect([...keys.values()]).toEqual([
      { name: 'ada', rights: [] },
      { name: 'bob', rights: ['update'] },
    ]);
    expect([...rights]).toEqual([
      ['ada', ['create', 'event']],
      ['bob', []],
    ]);
  });

  it.each([
    '',
    'write',
    'Read',
    'read,',
    'read, create',
    'none,read',
    'read,read',
    'read:read-only',
    'read:rights=read',
    'all',
  ])('refuses the rights %j without quoting them', (words) => {
    for (const secret of [HASH, `key:${KEY}`]) {
      const problems = problemsOf(`# users\nada:${secret}:rights=${words}`);
      expect(problems).toEqual([
        expect.stringMatching(/^line 2: the (rights should be some of|hash is invalid)/),
      ]);
    }
  });

  it.each([
    ['a key in plain text', 'ada:key:hunter2hunter2hunter2hunter2'],
    ['a hash in capitals', `ada:key:${KEY.toUpperCase()}`],
    ['a hash that is too short', `ada:key:${KEY.slice(0, -1)}`],
    ['no hash', 'ada:key:'],
    ['another mark', `ada:key:${KEY}:readonly`],
    ['two marks', `ada:${HASH}:read-only:read-only`],
  ])('refuses %s without quoting it', (_what, line) => {
    const [problem, ...more] = problemsOf(line);
    expect([problem, more]).toEqual([expect.stringMatching(/^line 1: the hash is invalid/), []]);
    expect(problem).not.toMatch(/hunter2|ada|01234|aGFza/);
  });

  it('refuses a key that two lines have, whoever they are for', () => {
    expect(problemsOf(`ada:key:${KEY}\nbob:key:${KEY}`)).toEqual([
      'line 2: an earlier line has the same key',
    ]);
  });

  it.each(['', '\n\n', '# nobody yet\n'])('refuses a file without users: %p', (text) => {
    expect(problemsOf(text)).toEqual(['there is no user in it']);
  });

  it('names every bad line by its number and quotes none of them', () => {
    const text = `root:${HASH}\nhunter2\n:${HASH}\nroot :${HASH}\nada:hunter2\nbob:${HASH.replace('ln=10', 'ln=40')}\nroot:${HASH}\n`;
    const problems = problemsOf(text);
    expect(problems).toEqual([
      'line 2: it should be a name, a colon and a hash, without spaces between',
      'line 3: it should be a name, a colon and a hash, without spaces between',
      'line 4: it should be a name, a colon and a hash, without spaces between',
      expect.stringMatching(/^line 5: the hash is invalid: it does not have the form/),
      expect.stringMatching(/^line 6: the hash is invalid: the scrypt parameters are out of bounds/),
      'line 7: an earlier line has a password of the same name',
    ]);
    expect(problems.join()).not.toMatch(/hunter2|ada|bob|aGFza/);
  });
});
