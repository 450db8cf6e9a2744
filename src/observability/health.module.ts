import { DynamicModule, Module } from '@nestjs/common';
import { HealthController } from './health.controller';
import { HealthService } from './health.service';

/** `GET /health/live` and `GET /health/ready`. */
@Module({})
export class HealthModule {
  /** @param watched the modules that export what is looked at: the database, the heartbeats, the events */
  static register(watched: DynamicModule[]): DynamicModule {
    return {
      module: HealthModule,
      imports: watched,
      controllers: [HealthController],
      providers: [HealthService],
    };
  }
}
