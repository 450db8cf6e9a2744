import { ConfigurableModuleAsyncOptions, ConfigurableModuleBuilder } from '@nestjs/common';
import type { AmqpOptions } from '../events/amqp/amqp-options';
import { DEFAULT_PREFETCH, EventTransport } from '../events/event-transport';
import type { HeartbeatDynamicModule } from '../heartbeat/heartbeat.options';
import type { EngineMetrics } from './engine-metrics';
import type { AlarmSink } from './alarms/alarm-sink';
import type { AlertmanagerOptions, WebhookOptions } from './alarms/receiver-options';
import { NO_TOLERANCE, type Tolerance } from '../domain/tolerance';
import { BLIND_AFTER_MS } from '../states/engine-documents';
import { LEAST_SECRET_CHARACTERS } from '../util/secret';
import { type NamesOf, OptionNames } from '../nest/option-names';
import { checkNames } from '../nest/nested-options';

/** What a `HeartbeatEngineModule` is told; also from a factory or a class, with `forRootAsync`. */
export interface HeartbeatEngineOptions extends Partial<WatchOptions> {
  /** RabbitMQ that events come from, and alarms go to. Default: events stay in the process. */
  readonly amqp?: AmqpOptions;
  /** The host's own way for events, instead of `amqp`. The host closes it, after the application. */
  readonly transport?: EventTransport;
  /** Where alarms go, in the place of all others. Default: to broker and webhook, as far as there are; without either to the log. */
  readonly alarms?: AlarmSink;
  /** Where alarms are posted, beside the broker where there is one. Default: nowhere. */
  readonly webhook?: WebhookOptions;
  /** Where alarms go as alerts, beside broker, webhook or log. Default: nowhere. */
  readonly alertmanager?: AlertmanagerOptions;
  /** Key of the tokens by which heartbeats are pinged without credentials, at least 16 characters. Default: no tokens. */
  readonly pingSecret?: string;
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
  /**
   * After blindness a heartbeat is raised once it was listened to for this long without interruption, or for its interval where
   * that is shorter, or for its whole interval in sum; milliseconds. Default: 5 min.
   */
  readonly blindGraceMs: number;
  /** An open alarm is sent again every so many milliseconds. Default: once only. */
  readonly repeatMs?: number;
  /** How many events the transport hands over before it wants acknowledgements. Default: 1000. */
  readonly prefetch: number;
  /** false: no check is sent to prove that events come; a quiet queue is then believed. Default: true. */
  readonly pathCheck: boolean;
  /** What is added to every interval; the same for all engines of a database. Default: nothing. */
  readonly tolerance: Tolerance;
  /** The time between two looks for silence, in milliseconds. Default: 250. */
  readonly tickMs: number;
  /**
   * Not having heard for longer than this is blindness; milliseconds. Default: 5 s, as the contract has it. Only a clock that
   * is moved by hand, in long strides, needs another one.
   */
  readonly blindAfterMs: number;
}

/** Injection token of the {@link WatchOptions}. */
export const WATCH_OPTIONS = Symbol('WATCH_OPTIONS');

const DEFAULT_BLIND_GRACE_MS = 300_000;
const DEFAULT_TICK_MS = 250;
/** What the broker can be told (AMQP 0-9-1, `basic.qos`). */
const MOST_PREFETCH = 65_535;
const NUMBERS = ['blindGraceMs', 'prefetch', 'tickMs', 'blindAfterMs', 'repeatMs'] as const;

const OPTIONS: NamesOf<HeartbeatEngineOptions> = {
  ...{ amqp: true, transport: true, alarms: true, webhook: true, alertmanager: true, metrics: true },
  ...{ blindGraceMs: true, repeatMs: true, prefetch: true, tickMs: true, blindAfterMs: true },
  ...{ pathCheck: true, tolerance: true, pingSecret: true },
};
const EXTRAS: NamesOf<HeartbeatEngineExtras> = { heartbeats: true, routes: true, watch: true };

const HTTP: NamesOf<AlertmanagerOptions> = { url: true, limitMs: true, proxies: true };
const WEBHOOK: NamesOf<WebhookOptions> = {
  ...{ ...HTTP, headers: true },
  ...{ secret: true, template: true, contentType: true },
};
const AMQP: NamesOf<AmqpOptions> = { url: true, prefetch: true, exchange: true, queue: true };
const NESTED = { webhook: WEBHOOK, alertmanager: HTTP, amqp: AMQP } as const;

/** What a `HeartbeatEngineModule` takes, and where. */
export const ENGINE_OPTION_NAMES = new OptionNames('HeartbeatEngineModule', OPTIONS, EXTRAS);

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
    pathCheck: options.pathCheck ?? true,
    tolerance: options.tolerance ?? NO_TOLERANCE,
    blindAfterMs: options.blindAfterMs ?? BLIND_AFTER_MS,
  };
  for (const name of NUMBERS) {
    const value = complete[name];
    if (value !== undefined && !(Number.isFinite(value) && value > 0)) throw wrong(name, 'a number above 0');
  }
  if (!(Number.isSafeInteger(complete.prefetch) && complete.prefetch <= MOST_PREFETCH))
    throw wrong('prefetch', `a whole number from 1 to ${MOST_PREFETCH}`);
  if (!isTolerance(complete.tolerance)) throw wrong('tolerance', '{ ms } or { percent }, 0 or more');
  if (options.pingSecret !== undefined && !isPingSecret(options.pingSecret)) {
    throw wrong('pingSecret', `a text of at least ${LEAST_SECRET_CHARACTERS} characters`);
  }
  for (const [name, names] of Object.entries(NESTED))
    checkNames('HeartbeatEngineModule', name, options[name as keyof typeof NESTED], Object.keys(names));
  if (amqp && transport) throw wrong('amqp', 'absent where there is a transport');
  if (amqp && typeof amqp.url !== 'string') throw wrong('amqp.url', 'a URL of RabbitMQ');
  for (const name of ['webhook', 'alertmanager'] as const) {
    const receiver = options[name];
    if (receiver && !isWebAddress(receiver.url))
      throw wrong(`${name}.url`, 'an address that begins with http:// or https://');
    const { limitMs = 1 } = receiver ?? {};
    if (!(Number.isFinite(limitMs) && limitMs > 0)) throw wrong(`${name}.limitMs`, 'a number above 0');
  }
  const { parallel = 1 } = alarms ?? {};
  if (!(Number.isSafeInteger(parallel) && parallel > 0))
    throw wrong('alarms.parallel', 'a whole number from 1');
  if (alarms && typeof alarms.deliver !== 'function') throw wrong('alarms', 'an object with deliver(alarm)');
  if (metrics && typeof metrics.eventReceived !== 'function') throw wrong('metrics', 'an EngineMetrics');
  return complete;
}

const isPingSecret = (secret: unknown): boolean =>
  typeof secret === 'string' && secret.length >= LEAST_SECRET_CHARACTERS;

function isTolerance(tolerance: Tolerance): boolean {
  const value = 'ms' in tolerance ? tolerance.ms : tolerance.percent;
  return Number.isFinite(value) && value >= 0;
}

function isWebAddress(text: unknown): boolean {
  return typeof text === 'string' && URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}

export const wrong = (option: string, what: string): Error =>
  new Error(`HeartbeatEngineModule: ${option} must be ${what}`);
