import type { LogLevel, LoggerService } from '@nestjs/common';
import { errorsAsFields } from './error-params';
import { errorFields } from './legible-errors';
import { hasPackage, optionalPackage } from '../util/optional-package';

type Pino = typeof import('pino');
type NestjsPino = typeof import('nestjs-pino');
type Destination = ReturnType<Pino['destination']>;
type PinoLogger = ConstructorParameters<NestjsPino['Logger']>[0];

/** nestjs-pino, and what it loads. */
const PACKAGES = ['nestjs-pino', 'pino', 'pino-http'];
/** Nest's levels in pino's words. */
const LEVELS: Readonly<Record<LogLevel, string>> = {
  ...{ verbose: 'trace', debug: 'debug', log: 'info', warn: 'warn', error: 'error', fatal: 'fatal' },
};
/** Marks a stream that pino tells the level of each line. */
const METADATA: unique symbol = Symbol.for('pino.metadata');
/** Lines of this level and above are written at once. */
const ERROR = 50;
/** Of these the first is written at once, and those of the same go right after it: thousands of alarms come in one go. */
const WARNING = 40;
/** How long other lines wait at most, in milliseconds. */
const WRITE_EVERY_MS = 100;
/** Lines are written when there is so much of them, in bytes; less than what a pipe takes without waiting. */
const WRITE_BYTES = 4 * 1024;
/** What waits while nobody takes the lines, in bytes; then they are dropped. */
const MOST_BYTES = 8 * 1024 * 1024;

/** A logger, and how to get everything out that it holds back. */
export interface BufferedLogger {
  readonly logger: LoggerService;
  readonly flush: () => void;
}

/** Whether the packages are installed. */
export const hasPino = (): boolean => PACKAGES.every(hasPackage);

/**
 * nestjs-pino's logger: a line of JSON for each message, on standard output. Lines are written several at a time, which costs
 * a twentieth of writing each; warnings and worse at once, with all before them, but for those of one go. `flush` is for the end of
 * the process.
 * @param level the least important level that is logged
 * @throws Error that says what to install
 */
export function pinoLogger(level: LogLevel): BufferedLogger {
  if (!hasPino()) throw new Error(`LOG_FORMAT=json needs packages: npm install ${PACKAGES.join(' ')}`);
  const { pino } = optionalPackage<Pino>('pino', 'LOG_FORMAT=json');
  const { Logger } = optionalPackage<NestjsPino>('nestjs-pino', 'LOG_FORMAT=json');
  const output = new Output(
    pino.destination({ fd: 1, sync: true, minLength: WRITE_BYTES, maxLength: MOST_BYTES }),
  );
  const serializers = { err: (error: unknown) => (error instanceof Error ? errorFields(error) : error) };
  const instance = pino({ level: LEVELS[level], serializers }, output);
  // pino itself has all that is called of a `PinoLogger`, which would look for a logger of the request at each line.
  const logger = new Logger(instance as unknown as PinoLogger, {});
  return { logger: withErrors(logger), flush: () => output.flush() };
}

/** nestjs-pino's logger, with nothing lost of an error that stands behind a message. */
function withErrors(logger: LoggerService): LoggerService {
  const passOn =
    (level: LogLevel) =>
    (message: unknown, ...params: unknown[]): void => {
      const [first, ...rest] = errorsAsFields(message, params);
      logger[level]?.(first, ...rest);
    };
  return {
    ...{ log: passOn('log'), error: passOn('error'), warn: passOn('warn') },
    ...{ debug: passOn('debug'), verbose: passOn('verbose'), fatal: passOn('fatal') },
  };
}

/**
 * What pino writes to. Writing is synchronous: what is written is out, in order, when the process ends, however it ends; an
 * asynchronous write that is under way may be lost then.
 */
class Output {
  readonly [METADATA] = true;
  lastLevel = 0;
  private timer: NodeJS.Timeout | undefined;
  /** Whether a warning was written in this go, and whether another one came since. */
  private hasWarned = false;
  private hasMore = false;

  constructor(private readonly destination: Destination) {
    // Whoever read the log is gone, or the disk is full: no reason to stop watching.
    destination.on('error', () => undefined);
  }

  write(line: string): void {
    this.destination.write(line);
    if (this.lastLevel >= ERROR) this.flush();
    else if (this.lastLevel >= WARNING) this.warned();
    else this.timer ??= setTimeout(() => this.flush(), WRITE_EVERY_MS).unref();
  }

  private warned(): void {
    this.hasMore = this.hasWarned;
    if (this.hasWarned) return;
    this.hasWarned = true;
    this.flush();
    queueMicrotask(() => {
      this.hasWarned = false;
      if (this.hasMore) this.flush();
    });
  }

  flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.destination.flush();
  }
}
