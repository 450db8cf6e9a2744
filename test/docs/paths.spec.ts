import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '../..');
const SRC = join(ROOT, 'src');
const FILES = readdirSync(SRC, { recursive: true }).map(String);
/** What stands in a page as a folder, ends with `/`, or as a file of ours. */
const PATH = /^(?:[\w.-]+\/)+(?:[\w.-]+\.(?:ts|mjs|cjs|md|yml))?$|^[\w.-]+\.ts$/;

const page = readFileSync(join(ROOT, 'docs/architecture.md'), 'utf8');
const decisions = readdirSync(join(ROOT, 'docs/decisions')).filter((name) => /^\d{4}-/.test(name));

/** @returns the files and folders that a page names between backticks */
const pathsIn = (text: string): string[] => [
  ...new Set(
    [...text.matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code).filter((code) => PATH.test(code)),
  ),
];

/** Whether it is there, below the repository, below src/, or, where it is a name alone, anywhere in src/. */
const exists = (path: string): boolean =>
  [ROOT, SRC].some((folder) => existsSync(join(folder, path))) ||
  FILES.some((file) => file.endsWith(`/${path}`));

describe('docs/architecture.md', () => {
  it.each(pathsIn(page))('names %s, which exists', (path) => expect(exists(path)).toBe(true));

  it('names every room', () => {
    const rooms = readdirSync(SRC, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    const missing = rooms.map(({ name }) => name).filter((name) => !page.includes(`${name}/`));
    expect(missing).toEqual([]);
  });
});

describe('docs/decisions', () => {
  it.each(decisions)('%s names only paths that exist', (name) => {
    const text = readFileSync(join(ROOT, 'docs/decisions', name), 'utf8');
    expect(pathsIn(text).filter((path) => !exists(path))).toEqual([]);
  });
});
