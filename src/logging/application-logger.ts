import type { LoggerService } from '@nestjs/common';

/** Who in Nest tells each module and each route at a start. */
const NEST = new Set<unknown>([
  'NestFactory',
  'InstanceLoader',
  'RoutesResolver',
  'RouterExplorer',
  'NestApplication',
]);
/** Who in Nest logs an error of listening that it throws as well: whoever starts the application says what to do. */
const LISTENER = 'NestApplication';

/** Passes on what is logged; what Nest tells of its own start, and of its failing, is for `debug`. */
export class ApplicationLogger implements LoggerService {
  constructor(private readonly inner: LoggerService) {}

  log(message: unknown, ...params: unknown[]): void {
    if (NEST.has(params.at(-1))) this.inner.debug?.(message, ...params);
    else this.inner.log(message, ...params);
  }

  fatal(message: unknown, ...params: unknown[]): void {
    this.inner.fatal?.(message, ...params);
  }

  error(message: unknown, ...params: unknown[]): void {
    if (params.at(-1) === LISTENER) this.inner.debug?.(message, LISTENER);
    else this.inner.error(message, ...params);
  }

  warn(message: unknown, ...params: unknown[]): void {
    this.inner.warn(message, ...params);
  }

  debug(message: unknown, ...params: unknown[]): void {
    this.inner.debug?.(message, ...params);
  }

  verbose(message: unknown, ...params: unknown[]): void {
    this.inner.verbose?.(message, ...params);
  }
}
