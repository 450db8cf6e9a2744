import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { dirname } from 'node:path';
import { Result } from './rounds';

/** What one of the benchmarks prints, kept as the section that it becomes on the page of all. */
export class Results {
  private readonly lines: string[] = [];

  constructor(readonly name: string) {
    console.log(`\n## ${name}`);
  }

  /** Prints a line of Markdown. */
  say(line: string): void {
    console.log(line);
    this.lines.push(line);
  }

  /** Prints the head of a table. */
  head(...cells: string[]): void {
    this.say('');
    this.row(...cells);
    this.row(...cells.map(() => '---'));
  }

  row(...cells: string[]): void {
    this.say(`| ${cells.join(' | ')} |`);
  }

  /** @returns the section: when, on what and with which versions it was measured, and all lines */
  section(versions: Readonly<Record<string, string>>): string {
    const about = Object.entries({ Node: process.version, ...versions }).map(([name, of]) => `${name} ${of}`);
    const machine = `${cpus().length} cores (${cpus()[0]?.model ?? 'unknown'})`;
    const date = new Date().toISOString().slice(0, 10);
    return `## ${this.name}\n\n${date}: ${machine}; ${about.join(', ')}.\n${this.lines.join('\n')}\n`;
  }
}

const HEAD =
  '# Measured\n\nBy `npm run bench`, and by `npm run bench -- NAME` for one section. Figures of one section are to be compared with each other alone.\n';

/**
 * Puts a section into the page, in place of the one of that name.
 * @param order the names of all sections, as they stand on the page
 */
export async function writeSection(
  file: string,
  order: readonly string[],
  name: string,
  section: string,
): Promise<void> {
  const page = await readFile(file, 'utf8').catch(() => '');
  const sections = new Map<string, string>();
  for (const old of page.split(/^(?=## )/m).slice(1)) sections.set(/^## (.*)/.exec(old)?.[1] ?? '', old);
  sections.set(name, section);
  const present = order.flatMap((each) => sections.get(each)?.trimEnd() ?? []);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `${[HEAD, ...present].join('\n\n').replace(/\n{3,}/g, '\n\n')}\n`);
}

/** @returns the median, and the lowest and the highest of the rounds, whole */
export const spread = ({ median, lowest, highest }: Result): string =>
  `${Math.round(median)} (${Math.round(lowest)}…${Math.round(highest)})`;
