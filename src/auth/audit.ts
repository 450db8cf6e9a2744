import { Injectable, Logger } from '@nestjs/common';
import type { Deed, Thing } from '../canopsis/answers';
import type { Caller } from '../nest/caller.decorator';

/** The logger name of all that is said about who did what. */
export const AUDIT_LOG = 'Audit';

/** Writes who created, changed, removed, paused or resumed what, a structured line each; when, the logger knows. */
@Injectable()
export class Audit {
  private readonly logger = new Logger(AUDIT_LOG);

  /** To be called once the change is stored. Nothing but the id is told of what was changed, under its own name. */
  changed({ user, address, requestId }: Caller, action: Deed, id: string, thing: Thing): void {
    const msg = `${thing} ${action}`;
    this.logger.log({
      msg,
      user,
      action,
      [thing]: id,
      address,
      ...(requestId !== undefined && { requestId }),
    });
  }
}
