import { Controller, Get, HttpStatus, UseFilters } from '@nestjs/common';
import { CanopsisAnswer } from '../canopsis/answers';
import { CanopsisError } from '../canopsis/canopsis-error';
import { CanopsisExceptionFilter } from '../nest/canopsis-exception.filter';
import { OpenCall } from '../nest/open-call';
import { Described } from '../openapi/described';
import { HEALTH } from './health.description';
import { type HealthAnswer, HealthService } from './health.service';

/** `/health`: for load balancers and orchestrators, without authentication. */
@Controller('health')
@UseFilters(CanopsisExceptionFilter)
@Described(HEALTH)
export class HealthController {
  constructor(private readonly health: HealthService) {}

  /** 200 as long as the process answers at all. */
  @Get('live')
  @OpenCall()
  @CanopsisAnswer()
  live(): HealthAnswer {
    return { status: 'ok' };
  }

  /** 200 when heartbeats can be served, also without the broker; otherwise, and once the process is to end, 503. */
  @Get('ready')
  @OpenCall()
  @CanopsisAnswer()
  async ready(): Promise<HealthAnswer> {
    const status = await this.health.readiness();
    if (status === 'ok' || status === 'degraded') return { status };
    const description = status === 'away' ? 'not ready.' : 'shutting down';
    throw new CanopsisError(HttpStatus.SERVICE_UNAVAILABLE, { name: '', description });
  }
}
