#!/usr/bin/env node
import 'reflect-metadata';
import { check } from './cli/check';
import { Command, USAGE, UsageError, commandOf } from './cli/command-line';
import { exportFile, importFile } from './cli/migrate';
import { run, stopOnSignal } from './cli/run';
import { EmbeddedMongoError } from './database/database-server';
import { MigrationError } from './migration/migration-error';
import { SettingsError, readSettings, settingsHelp } from './settings/settings';
import { startHeartbeatApp } from './testing';
import { version } from './version';

/** The process: does what the command line asks for. */
async function main(command: Command): Promise<void> {
  switch (command.name) {
    case 'help':
      return console.log(`${USAGE}\n\n${settingsHelp()}`);
    case 'version':
      return console.log(version());
    case 'check':
      return reportCheck();
    case 'test':
      return runForTests(command);
    case 'import':
      return importFile(command.file);
    case 'export':
      return exportFile(command.file);
    case 'run':
      return run();
  }
}

async function reportCheck(): Promise<void> {
  for (const { what, problem } of await check(readSettings())) {
    console.log(problem === undefined ? `${what}: ok` : `${what}: ${problem}`);
    if (problem !== undefined) process.exitCode = 1;
  }
}

async function runForTests({ dialect, port }: Command & { name: 'test' }): Promise<void> {
  const app = await startHeartbeatApp({ dialect, port });
  stopOnSignal(() => app.stop());
  console.log(JSON.stringify({ url: app.url, user: 'root', password: 'root' }));
}

/** What the operator can mend is said in plain words; all else with its stack. */
function fail(error: unknown): never {
  const plain = [SettingsError, EmbeddedMongoError, MigrationError, UsageError].some(
    (type) => error instanceof type,
  );
  console.error(plain || isListenError(error) ? (error as Error).message : error);
  process.exit(1);
}

const isListenError = (error: unknown): boolean =>
  (error as NodeJS.ErrnoException | null)?.syscall === 'listen';

Promise.resolve()
  .then(() => main(commandOf(process.argv.slice(2))))
  .catch(fail);
