import { ConfigurableModuleAsyncOptions, ConfigurableModuleBuilder, DynamicModule } from '@nestjs/common';
import type { Users } from '../auth/users';
import { DIALECT_NAMES, DialectName } from '../domain/dialect';
import type { MountOptions } from '../nest/mounted';
import { type NamesOf, OptionNames } from '../nest/option-names';
import { checkNames, checkSwitches } from '../nest/nested-options';
import { Clock, systemClock } from '../util/clock';

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

/** The versions of the API. */
export const API_VERSIONS = ['v2', 'v4'] as const;
export type ApiVersion = (typeof API_VERSIONS)[number];

/** What must be known when the module is put together, so that no factory can give it. */
export interface HeartbeatModuleExtras extends MountOptions {
  /** Which versions of the API are served. States are a part of v2. Default: both. */
  readonly apis?: readonly ApiVersion[];
  /** Path before `heartbeats` of v4. Default: that of v2, with `v4` for a `v2` at its end, and otherwise `v4` below it: `api/v4`. */
  readonly prefixV4?: string;
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
  /** When events came lately, for pictures. Default: `heartbeat_arrivals`. */
  readonly arrivals: string;
  /** Who is logged in on the page. Default: `heartbeat_session`. */
  readonly sessions: string;
  /** Maintenance windows. Default: `heartbeat_maintenance`. */
  readonly maintenance: string;
}

/** The module as `forRoot` and `forRootAsync` return it, to be imported, and to be given to a `HeartbeatEngineModule`. */
export interface HeartbeatDynamicModule extends DynamicModule {
  /** Where its routes are, by version of the API, for the modules that belong to it. */
  readonly mounts: Mounts;
}

/** Where the routes of each version that is served are. */
export type Mounts = Readonly<Partial<Record<ApiVersion, Required<MountOptions>>>>;

/** Where Canopsis has its API. */
export const DEFAULT_PREFIX = 'api/v2';

const DEFAULT_COLLECTIONS: CollectionNames = {
  heartbeats: 'heartbeat',
  states: 'heartbeat_state',
  engine: 'heartbeat_engine',
  arrivals: 'heartbeat_arrivals',
  sessions: 'heartbeat_session',
  maintenance: 'heartbeat_maintenance',
};

/** Injection token of the dialect that the heartbeats are answered in. */
export const DIALECT = Symbol('DIALECT');
/** Injection token of the generation of version 4. */
export const V4_GENERATION = Symbol('V4_GENERATION');
/** Injection token of the Mongoose connection that everything is stored on. */
export const HEARTBEAT_CONNECTION = Symbol('HEARTBEAT_CONNECTION');
/** Injection token of the {@link CollectionNames}. */
export const COLLECTION_NAMES = Symbol('COLLECTION_NAMES');

const OPTIONS: NamesOf<HeartbeatModuleOptions> = { dialect: true, users: true, clock: true, limits: true };
const EXTRAS: NamesOf<HeartbeatModuleExtras> = {
  ...{ apis: true, prefix: true, prefixV4: true, decorators: true, connectionName: true },
  ...{ collections: true, guard: true, routes: true },
};

/** What a `HeartbeatModule` takes, and where. */
export const HEARTBEAT_OPTION_NAMES = new OptionNames('HeartbeatModule', OPTIONS, EXTRAS);

/** Nest's builder of `forRoot` and `forRootAsync`. */
export const configurable = new ConfigurableModuleBuilder<HeartbeatModuleOptions>({ moduleName: 'Heartbeat' })
  .setClassMethodName('forRoot')
  .setFactoryMethodName('createHeartbeatOptions');

const LIMITS = ['loginFailures', 'writesPerSecond', 'eventsPerSecond'] as const;

/** The options with their defaults; `users` is absent only where the host guards. */
export type CompleteOptions = Required<Omit<HeartbeatModuleOptions, 'users'>> &
  Pick<HeartbeatModuleOptions, 'users'>;

/** The extras with their defaults. */
export interface CompleteExtras {
  readonly connectionName?: string;
  readonly collections: CollectionNames;
  readonly guard: boolean;
  /** Empty where there are no routes. */
  readonly mounts: Mounts;
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
  checkNames('HeartbeatModule', 'limits', limits, LIMITS);
  for (const name of LIMITS) {
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
  const { guard = true, connectionName } = extras;
  checkSwitches('HeartbeatModule', extras, ['guard', 'routes']);
  checkNames('HeartbeatModule', 'collections', extras.collections, Object.keys(DEFAULT_COLLECTIONS));
  const collections = { ...DEFAULT_COLLECTIONS, ...extras.collections };
  for (const [name, value] of Object.entries(collections)) {
    if (typeof value !== 'string' || value === '')
      throw wrong(`collections.${name}`, 'the name of a collection');
  }
  const names = Object.values(collections);
  if (new Set(names).size < names.length) throw wrong('collections', 'different names');
  return { guard, connectionName, collections, mounts: mountsOf(extras) };
}

function mountsOf({
  apis = API_VERSIONS,
  routes = true,
  decorators = [],
  ...given
}: HeartbeatModuleExtras): Mounts {
  const { prefix = DEFAULT_PREFIX } = given;
  const { prefixV4 = `${String(prefix).replace(/(^|\/)v2\/*$/, '')}/v4` } = given;
  for (const [option, path] of Object.entries({ prefix, prefixV4 })) {
    if (typeof path !== 'string' || /[:*?(){}\s]/.test(path))
      throw wrong(option, `a path of plain segments, for example ${DEFAULT_PREFIX}`);
  }
  if (!Array.isArray(apis) || apis.some((api) => !API_VERSIONS.includes(api as ApiVersion)))
    throw wrong('apis', `some of ${API_VERSIONS.join(', ')}`);
  const prefixes = { v2: prefix, v4: prefixV4 };
  const served = API_VERSIONS.filter((api) => routes && apis.includes(api));
  return Object.fromEntries(served.map((api) => [api, { prefix: prefixes[api], decorators }]));
}

const wrong = (option: string, what: string): Error =>
  new Error(`HeartbeatModule: ${option} must be ${what}`);
