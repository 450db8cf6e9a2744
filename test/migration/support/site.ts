import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { dropDatabase, ownDatabase } from '../../support/application';
import { makeDirectory, removeDirectory } from '../../support/directory';
import { TestProcess, startProcess } from '../../support/processes';

/** A database that is empty at first, the command on it, and a directory for files. */
export interface Site {
  /** Which database, as settings. */
  readonly env: Record<string, string>;
  /** The path of a file in its directory. */
  path(file: string): string;
  /** Writes a file of these lines; what is no text becomes JSON. @returns its path */
  write(file: string, lines: readonly unknown[]): Promise<string>;
  start(...args: string[]): TestProcess;
  /** @returns the exit code, and both outputs as they came */
  run(...args: string[]): Promise<[number | null, string]>;
  close(): Promise<void>;
}

/** A site on the MongoDB of `MONGODB_URI`, or else with an embedded one. */
export async function makeSite(env: Record<string, string> = {}): Promise<Site> {
  const directory = await makeDirectory();
  const outside = process.env.MONGODB_URI;
  const own = outside === undefined ? undefined : ownDatabase(outside);
  const database: Record<string, string> =
    own === undefined ? { DATA_DIR: join(directory, 'data') } : { MONGODB_URI: own };
  const whole = { ...database, ...env };
  const path = (file: string): string => join(directory, file);
  const start = (...args: string[]): TestProcess =>
    startProcess(process.execPath, ['dist/main.js', ...args], whole);
  return {
    env: whole,
    path,
    async write(file, lines) {
      const texts = lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line)));
      await writeFile(path(file), texts.map((text) => `${text}\n`).join(''));
      return path(file);
    },
    start,
    async run(...args) {
      const process = start(...args);
      const { code } = await process.exited;
      return [code, process.output()];
    },
    async close() {
      if (own !== undefined) await dropDatabase(own);
      await removeDirectory(directory);
    },
  };
}
