import { Controller, Get, Header, Headers, Inject, Optional, UseFilters } from '@nestjs/common';
import { CanopsisAnswer } from '../canopsis/answers';
import { authenticationRequired } from '../canopsis/canopsis-error';
import { CanopsisExceptionFilter } from '../canopsis/canopsis-exception.filter';
import { ApplicationMetrics, METRICS_TYPE } from './application-metrics';
import { MetricsAccess } from './metrics-access';

/** `GET /metrics` on the API's own port. Whoever gets here has been let in already, but for paths written in another way. */
@Controller('metrics')
@UseFilters(CanopsisExceptionFilter)
export class MetricsController {
  constructor(
    private readonly metrics: ApplicationMetrics,
    @Optional() @Inject(MetricsAccess) private readonly access?: MetricsAccess,
  ) {}

  @Get()
  @CanopsisAnswer()
  @Header('Content-Type', METRICS_TYPE)
  read(@Headers('authorization') authorization?: string): Promise<string> {
    if (this.access?.admits(authorization) === false) throw authenticationRequired();
    return this.metrics.text();
  }
}
