import { Controller, Post, Res, UseFilters, UseGuards } from '@nestjs/common';
import { BasicAuthGuard } from '../auth/basic-auth.guard';
import { Needs } from '../auth/rights';
import { CanopsisAnswer } from '../canopsis/answers';
import { type Caller, CallerOf } from '../nest/caller.decorator';
import type { JsonWithText } from '../nest/json-body.decorator';
import { V4BodyWithText } from '../nest/v4-body.decorator';
import { AnyResponse } from '../nest/any-response';
import { tellProblem } from '../nest/problem';
import { writeVerbatim } from '../nest/verbatim';
import { Described } from '../openapi/described';
import { EVENTS_V4 } from './event.description';
import { V4ExceptionFilter } from '../nest/v4-exception.filter';
import type { EventsAnswer } from './event.service';
import { LimitedEvents } from './limited-events';

/** `POST event` below the module's prefix for version 4, `api/v4`: the same call, its errors in that version's form. */
@Controller('event')
@UseGuards(BasicAuthGuard)
@UseFilters(V4ExceptionFilter)
@Described(EVENTS_V4)
export class EventV4Controller {
  constructor(private readonly events: LimitedEvents) {}

  @Post()
  @Needs('event')
  @CanopsisAnswer()
  async receive(
    @CallerOf() caller: Caller,
    @V4BodyWithText() body: JsonWithText,
    @Res({ passthrough: true }) response: AnyResponse,
  ): Promise<EventsAnswer> {
    const answer = await this.events.receive(caller, body, (problem) => tellProblem(response, problem));
    writeVerbatim(response);
    return answer;
  }
}
