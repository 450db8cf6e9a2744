#!/usr/bin/env node
import './cli/compile-cache';
import { Command, USAGE, commandOf } from './cli/command-line';
import { errorText } from './util/error-text';

/** Errors that the operator can mend: their message says how, and their stack says nothing more. */
const PLAIN_ERRORS = new Set([
  'SettingsError',
  'ListenError',
  'EmbeddedDatabaseError',
  'MissingPackageError',
  'MigrationError',
  'ApplyError',
  'UsageError',
  'SecretInputError',
  'InvalidKeyError',
  'InvalidRightsError',
]);

/** The process: does what the command line asks for. Each command loads what it needs, and no more. */
async function main(command: Command): Promise<void> {
  switch (command.name) {
    case 'help': {
      const { settingsHelp } = await import('./settings/settings.js');
      return console.log(`${USAGE}\n\n${settingsHelp()}`);
    }
    case 'version':
      return console.log((await import('./util/version.js')).version());
    case 'hash-password':
      return (await import('./cli/hash-password.js')).printHash(command);
    case 'check':
      return (await import('./cli/check.js')).reportCheck();
    case 'test':
      return (await import('./cli/run-for-tests.js')).runForTests(command);
    case 'import':
      return (await import('./cli/migrate.js')).importFile(command.file);
    case 'export':
      return (await import('./cli/migrate.js')).exportFile(command.file);
    case 'backup':
      return (await import('./cli/backup.js')).backUp(command.directory);
    case 'apply':
      return (await import('./cli/apply.js')).applyFile(command);
    case 'run':
      return (await import('./cli/run.js')).run();
  }
}

function fail(error: unknown): never {
  const plain = PLAIN_ERRORS.has((error as Error | null)?.name ?? '');
  console.error(plain ? errorText(error) : error);
  process.exit(1);
}

Promise.resolve()
  .then(() => main(commandOf(process.argv.slice(2))))
  .catch(fail);
