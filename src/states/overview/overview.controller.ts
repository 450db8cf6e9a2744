import { Controller, Get, UseFilters, UseGuards } from '@nestjs/common';
import { BasicAuthGuard } from '../../auth/basic-auth.guard';
import { CanopsisAnswer } from '../../canopsis/answers';
import { CanopsisExceptionFilter } from '../../nest/canopsis-exception.filter';
import { RawQuery } from '../../nest/raw-query.decorator';
import { Described } from '../../openapi/described';
import { OVERVIEW } from './overview.description';
import { type OverviewPageQuery, OverviewQueryPipe } from './overview-query';
import { type OverviewAnswer, OverviewService } from './overview.service';

/** `GET heartbeat-overview` below the module's prefix: heartbeats with their states, by whatever one looks for. */
@Controller('heartbeat-overview')
@UseGuards(BasicAuthGuard)
@UseFilters(CanopsisExceptionFilter)
@Described(OVERVIEW)
export class OverviewController {
  constructor(private readonly overview: OverviewService) {}

  @Get()
  @CanopsisAnswer()
  page(@RawQuery(OverviewQueryPipe) query: OverviewPageQuery): Promise<OverviewAnswer> {
    return this.overview.page(query);
  }
}
