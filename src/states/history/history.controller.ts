import { Controller, Get, Param, UseFilters, UseGuards } from '@nestjs/common';
import { BasicAuthGuard } from '../../auth/basic-auth.guard';
import { CanopsisAnswer } from '../../canopsis/answers';
import { CanopsisExceptionFilter } from '../../nest/canopsis-exception.filter';
import { RawQuery } from '../../nest/raw-query.decorator';
import { Described } from '../../openapi/described';
import { type AlarmQuery, AlarmQueryPipe } from './alarm-query';
import { HISTORY } from './history.description';
import { type Alarm, HistoryService, type Past } from './history.service';

/** What was: of one heartbeat, and the alarms of all. */
@Controller()
@UseGuards(BasicAuthGuard)
@UseFilters(CanopsisExceptionFilter)
@Described(HISTORY)
export class HistoryController {
  constructor(private readonly history: HistoryService) {}

  @Get('heartbeat/:id/past')
  @CanopsisAnswer()
  past(@Param('id') id: string): Promise<Past> {
    return this.history.past(id);
  }

  @Get('heartbeat-alarms')
  @CanopsisAnswer()
  alarms(@RawQuery(AlarmQueryPipe) query: AlarmQuery): Promise<Alarm[]> {
    return this.history.alarms(query);
  }
}
