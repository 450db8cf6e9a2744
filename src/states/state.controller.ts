import { Controller, Get, Param, UseFilters, UseGuards } from '@nestjs/common';
import { BasicAuthGuard } from '../auth/basic-auth.guard';
import { CanopsisAnswer, Page } from '../canopsis/answers';
import { CanopsisExceptionFilter } from '../nest/canopsis-exception.filter';
import { RawQuery } from '../nest/raw-query.decorator';
import { Described } from '../openapi/described';
import { StateQueryPipe, type StateQuery } from './state-query';
import { HEARTBEAT_STATES } from './state.description';
import type { StateDocument } from './state-row';
import { StateService } from './state.service';

/** The state calls: of one heartbeat, and of all (contract: engine, "States"). */
@Controller()
@UseGuards(BasicAuthGuard)
@UseFilters(CanopsisExceptionFilter)
@Described(HEARTBEAT_STATES)
export class StateController {
  constructor(private readonly states: StateService) {}

  @Get('heartbeat/:id/state')
  @CanopsisAnswer()
  get(@Param('id') id: string): Promise<StateDocument> {
    return this.states.get(id);
  }

  @Get('heartbeat-state')
  @CanopsisAnswer()
  list(@RawQuery(StateQueryPipe) query: StateQuery): Promise<StateDocument[] | Page<StateDocument>> {
    return this.states.list(query);
  }
}
