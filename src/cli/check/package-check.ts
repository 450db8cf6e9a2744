import { refuseMissingFramework } from '../../app/standalone';
import { refuseMissingDatabase } from '../../database/database-server';
import { createLogger } from '../../logging/create-logger';
import type { Settings } from '../../settings/settings';
import { errorText } from '../../util/error-text';
import { optionalPackage } from '../../util/optional-package';

/** What RabbitMQ needs beside this package. */
const BROKER_PACKAGES = ['amqplib', 'amqp-connection-manager'] as const;

/**
 * Loads every package that only some installations have, and that these settings need.
 * @throws Error that names all that are missing, and says what to install
 */
export function checkPackages({ mongodbUri, amqpUrl, logFormat: format, logLevel: level }: Settings): void {
  const loads: (() => unknown)[] = [refuseMissingFramework, () => createLogger({ format, level })];
  if (mongodbUri === undefined) loads.push(refuseMissingDatabase);
  if (amqpUrl !== undefined)
    for (const name of BROKER_PACKAGES) loads.push(() => optionalPackage(name, 'RabbitMQ'));
  const problems = loads.flatMap((load) => problemOf(load));
  if (problems.length > 0) throw new Error(problems.join('; '));
}

function problemOf(load: () => unknown): string[] {
  try {
    load();
    return [];
  } catch (error) {
    return [errorText(error)];
  }
}
