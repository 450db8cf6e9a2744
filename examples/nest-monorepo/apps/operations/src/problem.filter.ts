import { ArgumentsHost, Catch, ExceptionFilter, HttpException } from '@nestjs/common';
import type { Response } from 'express';

/** The company's own format of errors (RFC 9457). */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  catch(thrown: unknown, host: ArgumentsHost): void {
    const status = thrown instanceof HttpException ? thrown.getStatus() : 500;
    const title = thrown instanceof HttpException ? thrown.message : 'Internal error';
    const response = host.switchToHttp().getResponse<Response>();
    response.status(status).type('application/problem+json').send(JSON.stringify({ title, status }));
  }
}
