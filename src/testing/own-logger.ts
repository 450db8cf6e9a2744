import { Logger, type LoggerService } from '@nestjs/common';
import { AsyncLocalStorage } from 'node:async_hooks';

/** Nest's one logger for the whole process, which every `Logger` asks for each line. */
interface NestLogger {
  staticInstanceRef?: LoggerService;
}

const own = new AsyncLocalStorage<LoggerService>();
let ofProcess: LoggerService | undefined;
let installed = false;

/**
 * Runs it so that all that it logs, and all that comes of it later, goes to this logger. Nest has one logger for the process:
 * without this the last application that starts would take the lines of all others, and of the application under test.
 */
export function withOwnLogger<T>(logger: LoggerService, work: () => T): T {
  install();
  return own.run(logger, work);
}

function install(): void {
  if (installed) return;
  installed = true;
  const nest = Logger as unknown as NestLogger;
  ofProcess = nest.staticInstanceRef;
  Object.defineProperty(nest, 'staticInstanceRef', {
    configurable: true,
    enumerable: true,
    get: () => own.getStore() ?? ofProcess,
    set: (logger: LoggerService | undefined) => (ofProcess = logger),
  });
}
