import { Controller, Post, UseFilters, UseGuards } from '@nestjs/common';
import { type Caller, CallerOf } from '../audit/caller.decorator';
import { BasicAuthGuard } from '../auth/basic-auth.guard';
import { RateLimits } from '../auth/rate-limits';
import { CanopsisAnswer } from '../canopsis/answers';
import { CanopsisExceptionFilter } from '../canopsis/canopsis-exception.filter';
import { JsonBody } from '../canopsis/json-body.decorator';
import { Described } from '../openapi/described';
import { EVENTS } from './event.description';
import { EventService, type EventsAnswer } from './event.service';

/** `POST event` below the module's prefix, `api/v2`: events in over HTTP. */
@Controller('event')
@UseGuards(BasicAuthGuard)
@UseFilters(CanopsisExceptionFilter)
@Described(EVENTS)
export class EventController {
  constructor(
    private readonly events: EventService,
    private readonly limits: RateLimits,
  ) {}

  @Post()
  @CanopsisAnswer()
  receive(@CallerOf() caller: Caller, @JsonBody('event') body: unknown): Promise<EventsAnswer> {
    this.limits.events(caller.user, Array.isArray(body) ? body.length : 1);
    return this.events.receive(body);
  }
}
