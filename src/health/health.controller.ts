import { Controller, Get, HttpStatus, UseFilters } from '@nestjs/common';
import { CanopsisAnswer } from '../canopsis/answers';
import { CanopsisError } from '../canopsis/canopsis-error';
import { CanopsisExceptionFilter } from '../canopsis/canopsis-exception.filter';
import { HealthService } from './health.service';

/** What a health check answers when all is well; it tells no more than that. */
export interface HealthAnswer {
  status: 'ok';
}

/** `/health`: for load balancers and orchestrators, without authentication. */
@Controller('health')
@UseFilters(CanopsisExceptionFilter)
export class HealthController {
  constructor(private readonly health: HealthService) {}

  /** 200 as long as the process answers at all. */
  @Get('live')
  @CanopsisAnswer()
  live(): HealthAnswer {
    return { status: 'ok' };
  }

  /** 200 when heartbeats can be served, otherwise 503. */
  @Get('ready')
  @CanopsisAnswer()
  async ready(): Promise<HealthAnswer> {
    if (await this.health.isReady()) return { status: 'ok' };
    throw new CanopsisError(HttpStatus.SERVICE_UNAVAILABLE, { name: '', description: 'not ready.' });
  }
}
