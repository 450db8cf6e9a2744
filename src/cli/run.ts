import 'reflect-metadata';
import type { LoggerService } from '@nestjs/common';
import { createLogger } from '../logging/create-logger';
import type { BufferedLogger } from '../logging/pino-logger';
import { Settings, SettingsError, readSettings } from '../settings/settings';
import { startStandalone } from '../app/standalone';
import { startLine } from '../app/start-line';
import { errorText } from '../util/error-text';

/** Runs the standalone application until SIGTERM or SIGINT. */
export async function run(): Promise<void> {
  const settings = readSettings();
  const { logger, flush } = usableLogger(settings);
  // Also after an error that nobody caught.
  process.on('exit', () => flush());
  warnOfDefaults(settings, logger);
  logger.log(startLine(settings));
  const application = await startStandalone(settings, logger);
  stopOnSignal(async (signal) => {
    logger.log(`${signal}: finishing the requests under way`);
    await application.close();
  });
  logger.log(`canopsis-heartbeat answers at ${application.url} (${settings.dialect})`);
  if (application.pageUrl !== undefined) logger.log(`the page is at ${application.pageUrl}`);
  if (settings.metricsPort !== undefined) logger.log(`metrics at ${application.metricsUrl}`);
  flush();
}

/** @throws SettingsError where a package that the format needs is not installed */
function usableLogger({ logFormat: format, logLevel: level }: Settings): BufferedLogger {
  try {
    return createLogger({ format, level });
  } catch (error) {
    throw new SettingsError([errorText(error)]);
  }
}

function warnOfDefaults(settings: Settings, logger: LoggerService): void {
  if (settings.defaultUsers) {
    logger.warn(
      'no users are set: user root with password root may call; set HEARTBEAT_USERS or HEARTBEAT_USERS_FILE',
    );
  }
}

/**
 * Ends the process with 0 once `stop` is done, or with 1 and the error where it fails. A second signal changes nothing.
 * @returns what ends it in the same way without a signal
 */
export function stopOnSignal(stop: (why: string) => Promise<void>): (why: string) => void {
  let stopping = false;
  const end = (why: string): void => {
    if (stopping) return;
    stopping = true;
    stop(why).then(
      () => process.exit(0),
      (error: unknown) => {
        console.error(error);
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', end).on('SIGINT', end);
  return end;
}
