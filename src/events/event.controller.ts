import { Controller, Post, Res, UseFilters, UseGuards } from '@nestjs/common';
import { type Caller, CallerOf } from '../nest/caller.decorator';
import { BasicAuthGuard } from '../auth/basic-auth.guard';
import { Needs } from '../auth/rights';
import { CanopsisAnswer } from '../canopsis/answers';
import { CanopsisExceptionFilter } from '../nest/canopsis-exception.filter';
import { JsonBodyWithText, type JsonWithText } from '../nest/json-body.decorator';
import { AnyResponse } from '../nest/any-response';
import { tellProblem } from '../nest/problem';
import { writeVerbatim } from '../nest/verbatim';
import { Described } from '../openapi/described';
import { EVENTS } from './event.description';
import type { EventsAnswer } from './event.service';
import { LimitedEvents } from './limited-events';

/** `POST event` below the module's prefix, `api/v2`: events in over HTTP. */
@Controller('event')
@UseGuards(BasicAuthGuard)
@UseFilters(CanopsisExceptionFilter)
@Described(EVENTS)
export class EventController {
  constructor(private readonly events: LimitedEvents) {}

  @Post()
  @Needs('event')
  @CanopsisAnswer()
  async receive(
    @CallerOf() caller: Caller,
    @JsonBodyWithText('event') body: JsonWithText,
    @Res({ passthrough: true }) response: AnyResponse,
  ): Promise<EventsAnswer> {
    const answer = await this.events.receive(caller, body, (problem) => tellProblem(response, problem));
    writeVerbatim(response);
    return answer;
  }
}
