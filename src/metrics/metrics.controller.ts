import { Controller, Get, Headers, Inject, Optional, Res, UseFilters } from '@nestjs/common';
import { CanopsisAnswer } from '../canopsis/answers';
import { authenticationRequired } from '../canopsis/canopsis-error';
import { CanopsisExceptionFilter } from '../nest/canopsis-exception.filter';
import { Described } from '../openapi/described';
import { ApplicationMetrics, METRICS_TYPE } from './application-metrics';
import { METRICS } from './metrics.description';
import { MetricsAccess } from './metrics-access';

/** `GET /metrics` on the API's own port. Whoever gets here has been let in already, but for paths written in another way. */
@Controller('metrics')
@UseFilters(CanopsisExceptionFilter)
@Described(METRICS)
export class MetricsController {
  constructor(
    private readonly metrics: ApplicationMetrics,
    @Optional() @Inject(MetricsAccess) private readonly access?: MetricsAccess,
  ) {}

  @Get()
  @CanopsisAnswer()
  async read(
    @Res({ passthrough: true }) response: { header(name: string, value: string): unknown },
    @Headers('authorization') authorization?: string,
  ): Promise<string> {
    if (this.access?.admits(authorization) === false) throw authenticationRequired();
    const text = await this.metrics.text();
    // Not by a decorator: Fastify would then send no error, which is no text.
    response.header('Content-Type', METRICS_TYPE);
    return text;
  }
}
