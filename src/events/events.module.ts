import { type DynamicModule, Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { AmqpTransport } from './amqp.transport';
import { EVENT_TRANSPORT, type EventTransport } from './event-transport';
import { InProcessTransport } from './in-process.transport';

/** How events travel. */
export interface EventsModuleOptions {
  /** The broker's URL; where there is none, events stay in the process. */
  amqpUrl?: string;
  /** How many events the engine may have unacknowledged at once; default 1000. */
  prefetch?: number;
  /** Names on the broker, where they are not those of Canopsis. */
  exchange?: string;
  queue?: string;
}

/**
 * Provides the application's {@link EVENT_TRANSPORT}. It starts connecting without waiting for the broker, and is closed
 * last, in `onApplicationShutdown`: whoever consumes must have stopped, and settled its deliveries, before.
 */
@Module({})
export class EventsModule implements OnApplicationShutdown {
  constructor(@Inject(EVENT_TRANSPORT) private readonly transport: EventTransport) {}

  static register(options: EventsModuleOptions = {}): DynamicModule {
    return {
      module: EventsModule,
      providers: [{ provide: EVENT_TRANSPORT, useFactory: () => openTransport(options) }],
      exports: [EVENT_TRANSPORT],
    };
  }

  onApplicationShutdown(): Promise<void> {
    return this.transport.close();
  }
}

/** Makes the transport that the options ask for. */
export async function openTransport({ amqpUrl, ...rest }: EventsModuleOptions): Promise<EventTransport> {
  if (amqpUrl === undefined) return new InProcessTransport(rest.prefetch);
  const transport = new AmqpTransport({ url: amqpUrl, ...rest });
  await transport.start();
  return transport;
}
