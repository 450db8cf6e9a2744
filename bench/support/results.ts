import { mkdir, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { dirname } from 'node:path';
import { Result } from './rounds';

/** What a run of the benchmarks prints, kept as the page that it becomes. */
export class Results {
  private readonly lines: string[] = [];

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

  /** Writes the page: which machine and versions the figures are from, and all lines. */
  async write(file: string, versions: Readonly<Record<string, string>>): Promise<void> {
    const about = Object.entries({ Node: process.version, ...versions }).map(([name, of]) => `${name} ${of}`);
    const machine = `${cpus().length} cores (${cpus()[0]?.model ?? 'unknown'})`;
    const date = new Date().toISOString().slice(0, 10);
    const head = `# Measured\n\nBy \`npm run bench\` on ${date}: ${machine}; ${about.join(', ')}. Figures of one run are to be compared with each other alone.\n`;
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, `${head}${this.lines.join('\n')}\n`);
  }
}

/** @returns the median, and the lowest and the highest of the rounds, whole */
export const spread = ({ median, lowest, highest }: Result): string =>
  `${Math.round(median)} (${Math.round(lowest)}…${Math.round(highest)})`;
