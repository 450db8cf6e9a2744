import { parseUsersFile, UsersFileError } from './users-file';

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
    const users = parseUsersFile(text);
    expect([...users.keys()]).toEqual(['root', 'rené m']);
    expect(users.get('root')).toMatchObject({ ln: 10, r: 8, p: 1, salt: Buffer.from('saltsalt') });
  });

  it('reads a last line without a line end', () => {
    expect(parseUsersFile(`a:${HASH}\nb:${HASH}`).size).toBe(2);
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
      'line 7: an earlier line has the same name',
    ]);
    expect(problems.join()).not.toMatch(/hunter2|ada|bob|aGFza/);
  });
});
