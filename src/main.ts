import 'reflect-metadata';
import { ConsoleLogger } from '@nestjs/common';
import { EmbeddedMongoError } from './database/database-server';
import { Settings, SettingsError, readSettings, settingsHelp } from './settings/settings';
import { RunningApplication, startStandalone } from './standalone';

/** The process: settings, application, and a clean end on SIGTERM or SIGINT. */
async function main(): Promise<void> {
  if (process.argv.slice(2).some((argument) => argument === '--help' || argument === '-h')) {
    console.log(settingsHelp());
    return;
  }
  const settings = readSettings();
  const logger = new ConsoleLogger({ logLevels: [settings.logLevel] });
  warnOfDefaults(settings, logger);
  const application = await startStandalone(settings, logger);
  stopOnSignal(application, logger);
  logger.log(`canopsis-heartbeat answers at ${application.url} (${settings.dialect})`);
}

function warnOfDefaults(settings: Settings, logger: ConsoleLogger): void {
  if (settings.defaultUsers) {
    logger.warn(
      'no users are set: user root with password root may call; set HEARTBEAT_USERS or HEARTBEAT_USERS_FILE',
    );
  }
}

function stopOnSignal(application: RunningApplication, logger: ConsoleLogger): void {
  let stopping = false;
  const stop = (signal: NodeJS.Signals): void => {
    if (stopping) return;
    stopping = true;
    logger.log(`${signal}: finishing the requests under way`);
    application.close().then(
      () => process.exit(0),
      (error: unknown) => fail(error),
    );
  };
  process.on('SIGTERM', stop).on('SIGINT', stop);
}

/** What the operator can mend is said in plain words; all else with its stack. */
function fail(error: unknown): never {
  const plain = error instanceof SettingsError || error instanceof EmbeddedMongoError || isListenError(error);
  console.error(plain ? (error as Error).message : error);
  process.exit(1);
}

const isListenError = (error: unknown): boolean =>
  (error as NodeJS.ErrnoException | null)?.syscall === 'listen';

main().catch(fail);
