import { type DynamicModule, Module } from '@nestjs/common';
import { EventController } from './event.controller';
import { EventService } from './event.service';

/** What {@link EventApiModule} needs. */
export interface EventApiModuleOptions {
  /** The module that provides the transport, see `EventsModule.register`. */
  events: DynamicModule;
  /** The module that says who may call, see `AuthModule.register`. */
  auth: DynamicModule;
}

/** `POST /api/v2/event`, for processes that serve the API. */
@Module({})
export class EventApiModule {
  static register({ events, auth }: EventApiModuleOptions): DynamicModule {
    return {
      module: EventApiModule,
      imports: [events, auth],
      controllers: [EventController],
      providers: [EventService],
    };
  }
}
