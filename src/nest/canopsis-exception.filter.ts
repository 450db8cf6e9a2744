import { ArgumentsHost, Catch, ExceptionFilter, Injectable, Logger } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { IncomingMessage } from 'node:http';
import { errorAnswer, withoutPrompt } from '../canopsis/error-answer';
import type { ErrorFormat } from '../canopsis/error-format';
import { CACHE_CONTROL } from '../canopsis/answers';
import { inRequest, logUnforeseen } from './log-unforeseen';

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
    const answer = withoutPrompt(this.formatOf(request)(thrown, request.method ?? ''), request.headers);
    const { Problem } = answer.headers;
    if (Problem !== undefined) {
      this.logger.debug(`refused with ${answer.statusCode}${inRequest(response)}: ${Problem}`);
    }
    if (answer.statusCode >= 500 && answer !== thrown) logUnforeseen(this.logger, thrown, response);
    if (httpAdapter.isHeadersSent(response)) return;
    for (const [name, value] of Object.entries({ 'Cache-Control': CACHE_CONTROL, ...answer.headers })) {
      httpAdapter.setHeader(response, name, value);
    }
    httpAdapter.reply(response, answer.body, answer.statusCode);
  }

  /** How the errors of this request are written. */
  protected formatOf(_request: IncomingMessage): ErrorFormat {
    return errorAnswer;
  }
}
