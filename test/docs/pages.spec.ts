import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { errors } from '../../src/openapi/errors';
import { withSettingsTable } from '../../src/settings/settings-text';

const ROOT = join(__dirname, '../..');

describe('README.md', () => {
  it('has at most 9 kB', () => {
    expect(statSync(join(ROOT, 'README.md')).size).toBeLessThanOrEqual(9_000);
  });

  it('installs what runs in an empty folder: the command with its database, the modules as docs/use-in-nest.md does', () => {
    const lines = (page: string): string[] =>
      readFileSync(join(ROOT, page), 'utf8').match(/^npm install .*$/gm) ?? [];
    expect(lines('README.md')).toEqual([
      'npm install canopsis-heartbeat @nestjs/platform-fastify@12 embedded-mongo',
      lines('docs/use-in-nest.md')[0],
    ]);
  });
});

describe('docs/settings.md', () => {
  it('lists the settings as they are (if not: npm run settings-page)', () => {
    const page = readFileSync(join(ROOT, 'docs/settings.md'), 'utf8');
    expect(page).toBe(withSettingsTable(page));
  });
});

describe('docs/api.md', () => {
  const page = readFileSync(join(ROOT, 'docs/api.md'), 'utf8');
  const rows = new Set(
    [...page.matchAll(/^\| (\d{3}) +\| `([^`]*)`/gm)].map(([, status, text]) => `${status} ${text}`),
  );

  it.each(errors())('has %s in its table of errors', (name, { error, anyText = false }) => {
    const { description } = error.body;
    const named = name === 'InvalidQueryParameter' ? description.replace(/page/, '<name>') : description;
    const text = anyText ? named.replace(/: .*$/, ': <why>.') : named;
    expect(rows).toContain(`${error.statusCode} ${text}`);
  });
});

describe('The pages', () => {
  it.each(pages())('%s links only to what is there', (page) => {
    const text = readFileSync(join(ROOT, page), 'utf8');
    const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link);
    const dead = links.filter((link) => !/^https?:/.test(link) && !leadsSomewhere(page, link));
    expect(dead).toEqual([]);
  });
});

describe('docs/decisions', () => {
  const folder = join(ROOT, 'docs/decisions');
  const files = readdirSync(folder).filter((name) => /^\d{4}-.*\.md$/.test(name));
  const index = readFileSync(join(folder, 'README.md'), 'utf8').match(/^- .*$/gm);

  it('numbers its pages from 1 on, each once', () => {
    expect(files.map((name) => Number(name.slice(0, 4)))).toEqual(files.map((_, before) => before + 1));
  });

  it('has an index with the title, date and status that each page has at its top', () => {
    expect(index).toEqual(files.map((name) => indexLine(name, readFileSync(join(folder, name), 'utf8'))));
  });
});

/** The line of the index for a decision page, or what is wrong with the page's top. */
function indexLine(name: string, text: string): string {
  const [, number, title, date, status] =
    /^# (\d+)\. (.+)\n\nDate: (\d{4}-\d\d-\d\d)\. Status: (.+)\.\n/.exec(text) ?? [];
  if (Number(number) !== Number(name.slice(0, 4))) return `${name} begins otherwise than README.md says`;
  return `- ${number}. [${title}](${name}): ${date}, ${status}`;
}

function pages(): string[] {
  const docs = readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' });
  const top = readdirSync(ROOT);
  return [...top, ...docs.map((name) => `docs/${name}`)].filter((name) => name.endsWith('.md'));
}

function leadsSomewhere(page: string, link: string): boolean {
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? join(ROOT, page) : join(ROOT, dirname(page), path);
  if (!existsSync(target)) return false;
  return anchor === undefined || anchorsOf(readFileSync(target, 'utf8')).includes(anchor);
}

/** What a renderer of Markdown makes of the headings: lower case, no punctuation, hyphens for spaces. */
function anchorsOf(text: string): string[] {
  return [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}
