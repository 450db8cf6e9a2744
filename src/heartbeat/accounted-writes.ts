import { Injectable } from '@nestjs/common';
import { Audit } from '../audit/audit';
import type { Caller } from '../audit/caller.decorator';
import { RateLimits } from '../auth/rate-limits';
import type { DoneAnswer } from '../canopsis/answers';
import type { HeartbeatChange } from './heartbeat-changes';

/** Holds the changes that come over HTTP to their user's rate, and writes who made which. */
@Injectable()
export class AccountedWrites {
  constructor(
    private readonly limits: RateLimits,
    private readonly audit: Audit,
  ) {}

  /** @throws CanopsisError 429 before anything is changed, and whatever `change` throws */
  async by(
    caller: Caller,
    kind: HeartbeatChange['kind'],
    change: () => Promise<DoneAnswer>,
  ): Promise<DoneAnswer> {
    // The connection may be gone, and its address with it, when the change is stored.
    const { user, address } = caller;
    this.limits.write(user);
    const answer = await change();
    this.audit.changed({ user, address, requestId: caller.requestId }, kind, answer.description);
    return answer;
  }
}
