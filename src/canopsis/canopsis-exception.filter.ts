import { ArgumentsHost, Catch, ExceptionFilter, Injectable, Logger } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { IncomingMessage } from 'node:http';
import { errorAnswer } from './error-answer';
import { CACHE_CONTROL } from './answers';
import { requestIdOf } from './request-id';

/**
 * Reshapes every error into the Canopsis format: JSON, `name` and `description`, never a stack or a framework's
 * own body. The cause of a 500 goes to the log.
 */
@Catch()
@Injectable()
export class CanopsisExceptionFilter implements ExceptionFilter {
  private readonly logger = new Logger(CanopsisExceptionFilter.name);

  constructor(private readonly host: HttpAdapterHost) {}

  catch(thrown: unknown, context: ArgumentsHost): void {
    const http = context.switchToHttp();
    const { httpAdapter } = this.host;
    const request = http.getRequest<IncomingMessage>();
    const response = http.getResponse<object>();
    const answer = errorAnswer(thrown, request.method ?? '');
    if (answer.status >= 500 && answer !== thrown) {
      const id = requestIdOf(response);
      const where = id === undefined ? '' : ` in request ${id}`;
      this.logger.error(`unforeseen error${where}`, thrown instanceof Error ? thrown.stack : String(thrown));
    }
    if (httpAdapter.isHeadersSent(response)) return;
    for (const [name, value] of Object.entries({ 'Cache-Control': CACHE_CONTROL, ...answer.headers })) {
      httpAdapter.setHeader(response, name, value);
    }
    httpAdapter.reply(response, answer.body, answer.status);
  }
}
