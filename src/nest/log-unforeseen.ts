import type { LoggerService } from '@nestjs/common';
import { errorStack } from '../util/error-text';
import { requestIdOf } from './request-id';

/** Writes the cause of a 500 into the log, with the number of the request that it came of; the client is told nothing of it. */
export function logUnforeseen(logger: LoggerService, problem: unknown, response: object): void {
  logger.error(`unforeseen error${inRequest(response)}`, errorStack(problem));
}

/** @returns ` in request <id>`; nothing where it has none */
export function inRequest(response: object): string {
  const id = requestIdOf(response);
  return id === undefined ? '' : ` in request ${id}`;
}
