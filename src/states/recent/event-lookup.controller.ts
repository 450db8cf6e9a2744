import { Controller, Get, Post, UseFilters, UseGuards } from '@nestjs/common';
import { BasicAuthGuard } from '../../auth/basic-auth.guard';
import { Needs } from '../../auth/rights';
import { CanopsisAnswer } from '../../canopsis/answers';
import { CanopsisExceptionFilter } from '../../nest/canopsis-exception.filter';
import { JsonBody } from '../../nest/json-body.decorator';
import { Described } from '../../openapi/described';
import { EVENT_LOOKUP } from './event-lookup.description';
import { EventLookupService, type EventsAnswer, type MatchAnswer } from './event-lookup.service';

/** Events against heartbeats, for people who write patterns: nothing is sent, and nothing changes. */
@Controller()
@UseGuards(BasicAuthGuard)
@UseFilters(CanopsisExceptionFilter)
@Described(EVENT_LOOKUP)
export class EventLookupController {
  constructor(private readonly lookup: EventLookupService) {}

  @Post('heartbeat-match')
  @Needs('read')
  @CanopsisAnswer()
  match(@JsonBody('event') event: unknown): Promise<MatchAnswer> {
    return this.lookup.match(event);
  }

  @Get('heartbeat-events')
  @CanopsisAnswer()
  recent(): Promise<EventsAnswer> {
    return this.lookup.recent();
  }
}
