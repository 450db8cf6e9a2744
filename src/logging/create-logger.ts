import type { LogLevel } from '@nestjs/common';
import { isatty } from 'node:tty';
import { ApplicationLogger } from './application-logger';
import { type BufferedLogger, hasPino, pinoLogger } from './pino-logger';
import { TextLogger } from './text-logger';

/** How to log: which format, from which level on. */
export interface LoggerOptions {
  readonly format: 'auto' | 'json' | 'text';
  /** The least important level that is logged. */
  readonly level: LogLevel;
}

/**
 * The standalone application's logger. `auto` is text where standard output is a terminal, or nestjs-pino is not installed.
 * @throws Error that says what to install, for `json` without nestjs-pino
 */
export function createLogger({ format, level }: LoggerOptions): BufferedLogger {
  // Not `process.stdout.isTTY`: to look at that would make the stream, and a pipe's writes then need not be whole.
  const json = format === 'auto' ? !isatty(1) && hasPino() : format === 'json';
  const { logger, flush } = json
    ? pinoLogger(level)
    : { logger: new TextLogger(level), flush: () => undefined };
  return { logger: new ApplicationLogger(logger), flush };
}
