import { Injectable } from '@nestjs/common';
import { RateLimits } from '../auth/rate-limits';
import type { Caller } from '../nest/caller.decorator';
import type { JsonWithText } from '../nest/json-body.decorator';
import { EventService, type EventsAnswer } from './event.service';

/** Holds the events that come over HTTP to their user's rate. */
@Injectable()
export class LimitedEvents {
  constructor(
    private readonly events: EventService,
    private readonly limits: RateLimits,
  ) {}

  /**
   * @param onFailed as `EventService` has it
   * @throws CanopsisError 429 before any event is taken, and whatever `EventService` throws
   */
  receive(
    { user }: Caller,
    { value, text }: JsonWithText,
    onFailed: (problem: string) => void,
  ): Promise<EventsAnswer> {
    this.limits.events(user, Array.isArray(value) ? value.length : 1);
    return this.events.receive(value, text, onFailed);
  }
}
