import { Catch, Injectable } from '@nestjs/common';
import type { ErrorFormat } from '../canopsis/error-format';
import { v4ErrorAnswer } from '../canopsis/v4/v4-error-answer';
import { CanopsisExceptionFilter } from './canopsis-exception.filter';

/** Reshapes every error into the format of version 4: `{"error":…}` or `{"errors":{…}}`. */
@Catch()
@Injectable()
export class V4ExceptionFilter extends CanopsisExceptionFilter {
  protected override formatOf(): ErrorFormat {
    return v4ErrorAnswer;
  }
}
