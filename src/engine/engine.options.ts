import { ConfigurableModuleAsyncOptions, ConfigurableModuleBuilder } from '@nestjs/common';
import type { AmqpOptions } from '../events/amqp-options';
import { DEFAULT_PREFETCH, EventTransport } from '../events/event-transport';
import type { HeartbeatDynamicModule } from '../heartbeat/heartbeat.options';
import type { EngineMetrics } from '../metrics/engine-metrics';
import type { AlarmSink } from './alarm-sink';
import type { WebhookOptions } from './alarm-sinks/webhook-alarm-sink';

/** What a `HeartbeatEngineModule` is told; also from a factory or a class, with `forRootAsync`. */
export interface HeartbeatEngineOptions extends Partial<WatchOptions> {
  /** RabbitMQ that events come from, and alarms go to. Default: events stay in the process. */
  readonly amqp?: AmqpOptions;
  /** The host's own way for events, instead of `amqp`. The host closes it, after the application. */
  readonly transport?: EventTransport;
  /** Where alarms go. Default: to the broker; without one to the webhook; without that to the log. */
  readonly alarms?: AlarmSink;
  /** Where alarms are posted while there is no broker. Default: nowhere. */
  readonly webhook?: WebhookOptions;
  /** Told of the engine's work, for example a `PrometheusEngineMetrics`. Default: nobody is. */
  readonly metrics?: EngineMetrics;
}

/** What must be known when the module is put together, so that no factory can give it. */
export interface HeartbeatEngineExtras {
  /** The module whose heartbeats are watched: the very object that `HeartbeatModule.forRoot` gave, which is imported too. */
  readonly heartbeats: HeartbeatDynamicModule;
  /** false: no routes for states and events. Default: true. */
  readonly routes?: boolean;
  /** false: this process watches nothing; it serves states, and passes events on to an engine elsewhere. Default: true. */
  readonly watch?: boolean;
}

/** What `HeartbeatEngineModule.forRootAsync` takes: `useFactory` with `inject`, `useClass` or `useExisting`, and `imports`. */
export type HeartbeatEngineAsyncOptions = ConfigurableModuleAsyncOptions<
  HeartbeatEngineOptions,
  'createHeartbeatEngineOptions'
> &
  HeartbeatEngineExtras;

/** How the engine watches. */
export interface WatchOptions {
  /** After blindness no alarm is raised for this long, or for the heartbeat's interval where that is shorter; milliseconds. Default: 5 min. */
  readonly blindGraceMs: number;
  /** An open alarm is sent again every so many milliseconds. Default: once only. */
  readonly repeatMs?: number;
  /** How many events the transport hands over before it wants acknowledgements. Default: 1000. */
  readonly prefetch: number;
  /** The time between two looks for silence, in milliseconds. Default: 250. */
  readonly tickMs: number;
}

/** Injection token of the {@link WatchOptions}. */
export const WATCH_OPTIONS = Symbol('WATCH_OPTIONS');

const DEFAULT_BLIND_GRACE_MS = 300_000;
const DEFAULT_TICK_MS = 250;

/** Nest's builder of `forRoot` and `forRootAsync`. */
export const configurable = new ConfigurableModuleBuilder<HeartbeatEngineOptions>({
  moduleName: 'HeartbeatEngine',
})
  .setClassMethodName('forRoot')
  .setFactoryMethodName('createHeartbeatEngineOptions');

/** The options, complete. */
export type CompleteEngineOptions = HeartbeatEngineOptions & WatchOptions;

/**
 * Completes the options with their defaults.
 * @throws Error that names the option that cannot be used
 */
export function completeEngineOptions(options: HeartbeatEngineOptions): CompleteEngineOptions {
  const { amqp, transport, alarms, metrics } = options;
  const complete = {
    ...options,
    blindGraceMs: options.blindGraceMs ?? DEFAULT_BLIND_GRACE_MS,
    prefetch: options.prefetch ?? amqp?.prefetch ?? DEFAULT_PREFETCH,
    tickMs: options.tickMs ?? DEFAULT_TICK_MS,
  };
  for (const name of ['blindGraceMs', 'prefetch', 'tickMs', 'repeatMs'] as const) {
    const value = complete[name];
    if (value !== undefined && !(Number.isFinite(value) && value > 0)) throw wrong(name, 'a number above 0');
  }
  if (amqp && transport) throw wrong('amqp', 'absent where there is a transport');
  if (amqp && typeof amqp.url !== 'string') throw wrong('amqp.url', 'a URL of RabbitMQ');
  if (alarms && typeof alarms.deliver !== 'function') throw wrong('alarms', 'an object with deliver(alarm)');
  if (metrics && typeof metrics.eventReceived !== 'function') throw wrong('metrics', 'an EngineMetrics');
  return complete;
}

export const wrong = (option: string, what: string): Error =>
  new Error(`HeartbeatEngineModule: ${option} must be ${what}`);
