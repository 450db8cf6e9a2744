import { ConfigurableModuleAsyncOptions, ConfigurableModuleBuilder, DynamicModule } from '@nestjs/common';
import type { Users } from '../auth/users';
import { DIALECT_NAMES, DialectName } from '../canopsis/dialect';
import type { MountOptions } from '../canopsis/mounted';
import { Clock, systemClock } from '../time/clock';

/** What a `HeartbeatModule` is told; also from a factory or a class, with `forRootAsync`. */
export interface HeartbeatModuleOptions {
  /** Which generation of the API is served. Default: `canopsis-4`. */
  readonly dialect?: DialectName;
  /** Who may call. Required, unless `guard` is false. */
  readonly users?: Users;
  /** Default: the machine's clocks. */
  readonly clock?: Clock;
  /** How much a client may do. Default: as it says. */
  readonly limits?: CallLimits;
}

/** Limits of what comes over HTTP; all are whole numbers above 0. */
export interface CallLimits {
  /** Failed log-ins in a minute from one network, or under one name, after which more are refused; 0 for no limit. Default: 10. */
  readonly loginFailures?: number;
  /** Creations, changes and removals of heartbeats a second, for each user. Default: no limit. */
  readonly writesPerSecond?: number;
  /** Events a second, for each user. Default: no limit. */
  readonly eventsPerSecond?: number;
}

/** What must be known when the module is put together, so that no factory can give it. */
export interface HeartbeatModuleExtras extends MountOptions {
  /** Name of the host's Mongoose connection. Default: its only, unnamed one. */
  readonly connectionName?: string;
  /** Where things are stored. Default: the collections of Canopsis. */
  readonly collections?: Partial<CollectionNames>;
  /** false: the host guards the routes itself, and nobody is asked for credentials here. Default: true. */
  readonly guard?: boolean;
  /** false: no routes, only what the service and the engine need. Default: true. */
  readonly routes?: boolean;
}

/** What `HeartbeatModule.forRootAsync` takes: `useFactory` with `inject`, `useClass` or `useExisting`, and `imports`. */
export type HeartbeatModuleAsyncOptions = ConfigurableModuleAsyncOptions<
  HeartbeatModuleOptions,
  'createHeartbeatOptions'
> &
  HeartbeatModuleExtras;

/** Names of the collections of one heartbeat module. */
export interface CollectionNames {
  /** The heartbeats. Default: `heartbeat`, as Canopsis has it. */
  readonly heartbeats: string;
  /** What engines know of each heartbeat. Default: `heartbeat_state`. */
  readonly states: string;
  /** When engines could last hear. Default: `heartbeat_engine`. */
  readonly engine: string;
}

/** The module as `forRoot` and `forRootAsync` return it, to be imported, and to be given to a `HeartbeatEngineModule`. */
export interface HeartbeatDynamicModule extends DynamicModule {
  /** Where its routes are, for the modules that belong to it. */
  readonly mount: Required<MountOptions>;
}

/** Where Canopsis has its API. */
export const DEFAULT_PREFIX = 'api/v2';

const DEFAULT_COLLECTIONS: CollectionNames = {
  heartbeats: 'heartbeat',
  states: 'heartbeat_state',
  engine: 'heartbeat_engine',
};

/** Injection token of the dialect that the heartbeats are answered in. */
export const DIALECT = Symbol('DIALECT');
/** Injection token of the Mongoose connection that everything is stored on. */
export const HEARTBEAT_CONNECTION = Symbol('HEARTBEAT_CONNECTION');
/** Injection token of the {@link CollectionNames}. */
export const COLLECTION_NAMES = Symbol('COLLECTION_NAMES');

/** Nest's builder of `forRoot` and `forRootAsync`. */
export const configurable = new ConfigurableModuleBuilder<HeartbeatModuleOptions>({ moduleName: 'Heartbeat' })
  .setClassMethodName('forRoot')
  .setFactoryMethodName('createHeartbeatOptions');

/** The options with their defaults; `users` is absent only where the host guards. */
export type CompleteOptions = Required<Omit<HeartbeatModuleOptions, 'users'>> &
  Pick<HeartbeatModuleOptions, 'users'>;

/** The extras with their defaults. */
export interface CompleteExtras extends Required<Omit<HeartbeatModuleExtras, 'connectionName'>> {
  readonly connectionName?: string;
  readonly collections: CollectionNames;
}

/**
 * Completes the options with their defaults.
 * @throws Error that names the option that cannot be used
 */
export function completeOptions(
  { dialect = 'canopsis-4', users, clock = systemClock, limits = {} }: HeartbeatModuleOptions,
  guard: boolean,
): CompleteOptions {
  if (!DIALECT_NAMES.includes(dialect)) throw wrong('dialect', `one of ${DIALECT_NAMES.join(', ')}`);
  if (guard && typeof users?.validate !== 'function') {
    throw wrong('users', 'an object with validate(name, password), or guard must be false');
  }
  if (typeof clock.now !== 'function' || typeof clock.monotonic !== 'function') {
    throw wrong('clock', 'an object with now() and monotonic()');
  }
  for (const name of ['loginFailures', 'writesPerSecond', 'eventsPerSecond'] as const) {
    const lowest = name === 'loginFailures' ? 0 : 1;
    const { [name]: value = lowest } = limits;
    if (!(Number.isSafeInteger(value) && value >= lowest)) {
      throw wrong(`limits.${name}`, `a whole number from ${lowest}`);
    }
  }
  return { dialect, users, clock, limits };
}

/**
 * Completes what must be known at once.
 * @throws Error that names the option that cannot be used
 */
export function completeExtras(extras: HeartbeatModuleExtras): CompleteExtras {
  const { prefix = DEFAULT_PREFIX, decorators = [], guard = true, routes = true, connectionName } = extras;
  if (typeof prefix !== 'string' || /[:*?(){}\s]/.test(prefix)) {
    throw wrong('prefix', 'a path of plain segments, for example api/v2');
  }
  const collections = { ...DEFAULT_COLLECTIONS, ...extras.collections };
  for (const [name, value] of Object.entries(collections)) {
    if (typeof value !== 'string' || value === '')
      throw wrong(`collections.${name}`, 'the name of a collection');
  }
  if (new Set(Object.values(collections)).size < 3) throw wrong('collections', 'three different names');
  return { prefix, decorators, guard, routes, connectionName, collections };
}

const wrong = (option: string, what: string): Error =>
  new Error(`HeartbeatModule: ${option} must be ${what}`);
