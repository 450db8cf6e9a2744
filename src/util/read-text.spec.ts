import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readText } from './read-text';

const TEXT = 'né '.repeat(100_000);

describe('a text', () => {
  let directory: string;
  let pipe: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'read-text-'));
    pipe = join(directory, 'pipe');
    execFileSync('mkfifo', [pipe]);
  });
  afterEach(() => rm(directory, { recursive: true }));

  it('is read from a file, and through links, as Kubernetes has them', async () => {
    const file = join(directory, 'file');
    await writeFile(file, TEXT);
    await symlink('file', join(directory, 'link'));
    expect(await readText(file, 0)).toBe(TEXT);
    expect(await readText(join(directory, 'link'), 0)).toBe(TEXT);
  });

  it('is read from a pipe into which somebody writes, whoever comes first', async () => {
    const [read] = await Promise.all([readText(pipe), writeFile(pipe, TEXT)]);
    expect(read).toBe(TEXT);
    expect(await readText('/dev/null')).toBe('');
  });

  it.each(['pipe', '/dev/zero'])('is not waited for for ever where %s does not end', async (name) => {
    await expect(readText(name === 'pipe' ? pipe : name, 100)).rejects.toThrow(
      'it is no regular file, and what comes from it did not end within 0.1 s, or 16 MiB',
    );
  });

  it('is none where there is nothing, or a directory', async () => {
    await expect(readText(join(directory, 'none'))).rejects.toThrow('ENOENT');
    await expect(readText(directory)).rejects.toThrow('EISDIR');
  });
});
