import { Injectable, Logger } from '@nestjs/common';
import type { Caller } from './caller.decorator';

/** The logger name of all that is said about who did what. */
export const AUDIT_LOG = 'Audit';

/** Writes who created, changed or removed which heartbeat, a structured line each; when, the logger knows. */
@Injectable()
export class Audit {
  private readonly logger = new Logger(AUDIT_LOG);

  /** To be called once the change is stored. Nothing but the id is told of the heartbeat. */
  changed(
    { user, address, requestId }: Caller,
    action: 'created' | 'updated' | 'removed',
    heartbeat: string,
  ): void {
    const msg = `heartbeat ${action}`;
    this.logger.log({ msg, user, action, heartbeat, address, ...(requestId !== undefined && { requestId }) });
  }
}
