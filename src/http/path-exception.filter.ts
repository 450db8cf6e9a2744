import { Catch, Injectable } from '@nestjs/common';
import type { IncomingMessage } from 'node:http';
import type { ErrorFormat } from '../canopsis/error-format';
import { CanopsisExceptionFilter } from '../nest/canopsis-exception.filter';
import { formatAt } from './error-format';
import { requestPath } from './request-path';

/** Reshapes what went wrong outside of any controller, by the version of the API that the path belongs to. */
@Catch()
@Injectable()
export class PathExceptionFilter extends CanopsisExceptionFilter {
  protected override formatOf({ url = '' }: IncomingMessage): ErrorFormat {
    return formatAt(requestPath(url));
  }
}
