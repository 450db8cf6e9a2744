import { Injectable } from '@nestjs/common';
import { Audit } from '../auth/audit';
import type { Deed, Thing } from '../canopsis/answers';
import type { Caller } from '../nest/caller.decorator';
import { RateLimits } from '../auth/rate-limits';

/** What is changed. */
export interface Changed {
  /** How many of them. Default: 1. */
  readonly count?: number;
  /** Default: heartbeats. */
  readonly what?: Thing;
}

/** Holds the changes that come over HTTP to their user's rate, and writes who made which. */
@Injectable()
export class AuditedWrites {
  constructor(
    private readonly limits: RateLimits,
    private readonly audit: Audit,
  ) {}

  /**
   * @param idsOf the ids of those that were, by the answer
   * @throws CanopsisError 429 before anything is changed, and whatever `change` throws
   */
  async by<T>(
    caller: Caller,
    kind: Deed,
    change: () => Promise<T>,
    idsOf: (answer: T) => readonly string[],
    { count = 1, what = 'heartbeat' }: Changed = {},
  ): Promise<T> {
    // The connection may be gone, and its address with it, when the change is stored.
    const { user, address } = caller;
    this.limits.write(user, count);
    const answer = await change();
    const { requestId } = caller;
    for (const id of idsOf(answer)) this.audit.changed({ user, address, requestId }, kind, id, what);
    return answer;
  }
}
