import { ConsoleLogger } from '@nestjs/common';
import { Settings, readSettings } from '../settings/settings';
import { startStandalone } from '../standalone';

/** Runs the standalone application until SIGTERM or SIGINT. */
export async function run(): Promise<void> {
  const settings = readSettings();
  const logger = new ConsoleLogger({ logLevels: [settings.logLevel] });
  warnOfDefaults(settings, logger);
  const application = await startStandalone(settings, logger);
  stopOnSignal(async (signal) => {
    logger.log(`${signal}: finishing the requests under way`);
    await application.close();
  });
  logger.log(`canopsis-heartbeat answers at ${application.url} (${settings.dialect})`);
}

function warnOfDefaults(settings: Settings, logger: ConsoleLogger): void {
  if (settings.defaultUsers) {
    logger.warn(
      'no users are set: user root with password root may call; set HEARTBEAT_USERS or HEARTBEAT_USERS_FILE',
    );
  }
}

/** Ends the process with 0 once `stop` is done, or with 1 and the error where it fails. A second signal changes nothing. */
export function stopOnSignal(stop: (signal: NodeJS.Signals) => Promise<void>): void {
  let stopping = false;
  const onSignal = (signal: NodeJS.Signals): void => {
    if (stopping) return;
    stopping = true;
    stop(signal).then(
      () => process.exit(0),
      (error: unknown) => {
        console.error(error);
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', onSignal).on('SIGINT', onSignal);
}
