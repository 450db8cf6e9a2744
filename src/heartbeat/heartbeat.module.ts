import { DynamicModule, Module, Provider } from '@nestjs/common';
import { MongooseModule, getConnectionToken, getModelToken } from '@nestjs/mongoose';
import { Audit } from '../audit/audit';
import { authProviders, openProviders } from '../auth/auth.providers';
import { GUARDED } from '../auth/basic-auth.guard';
import { CREDENTIALS_OPTIONS, Credentials } from '../auth/credentials';
import { RATE_LIMIT_OPTIONS, RateLimits } from '../auth/rate-limits';
import { USERS } from '../auth/users';
import { dialectOf } from '../canopsis/dialect';
import { mounted } from '../canopsis/mounted';
import { OpenApiController } from '../openapi/open-api.controller';
import { ServedDocument } from '../openapi/served-document';
import { CLOCK } from '../time/clock';
import { AccountedWrites } from './accounted-writes';
import { HeartbeatChanges } from './heartbeat-changes';
import { HeartbeatCollection } from './heartbeat-collection';
import { HeartbeatController } from './heartbeat.controller';
import {
  COLLECTION_NAMES,
  CompleteOptions,
  DIALECT,
  HEARTBEAT_CONNECTION,
  HeartbeatDynamicModule,
  HeartbeatModuleAsyncOptions,
  HeartbeatModuleExtras,
  HeartbeatModuleOptions,
  completeExtras,
  completeOptions,
  configurable,
} from './heartbeat.options';
import { HEARTBEAT_MODEL, HeartbeatSchema } from './heartbeat.schema';
import { HeartbeatList } from './heartbeat-list';
import { HeartbeatService } from './heartbeat.service';

const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN } = configurable
  .setExtras<HeartbeatModuleExtras>({}, assemble)
  .build();

/** The options, complete. */
const COMPLETE = Symbol('HEARTBEAT_OPTIONS');

/**
 * The heartbeat API: controller, service and schema, on a Mongoose connection of the host. Each `forRoot` is a module of its
 * own: an application may have several, on different prefixes or connections.
 */
@Module({})
export class HeartbeatModule {
  /** @throws Error that names the option that cannot be used */
  static forRoot(options: HeartbeatModuleOptions & HeartbeatModuleExtras): HeartbeatDynamicModule {
    return asHeartbeatModule(ConfigurableModuleClass.forRoot(options));
  }

  /** As {@link forRoot}, with `useFactory`, `useClass` or `useExisting` for what is not known at once. */
  static forRootAsync(options: HeartbeatModuleAsyncOptions): HeartbeatDynamicModule {
    return asHeartbeatModule(ConfigurableModuleClass.forRootAsync(options));
  }
}

/** `assemble` added what the type of Nest's builder does not tell. */
const asHeartbeatModule = (definition: DynamicModule): HeartbeatDynamicModule => ({
  ...(definition as HeartbeatDynamicModule),
  module: HeartbeatModule,
});

function assemble(definition: DynamicModule, extras: HeartbeatModuleExtras): HeartbeatDynamicModule {
  const { connectionName, collections, guard, routes, prefix, decorators } = completeExtras(extras);
  const mount = { prefix, decorators };
  // A name that no model of the host has, and no other heartbeat module on this connection.
  const name = `CanopsisHeartbeat:${collections.heartbeats}`;
  const model = { name, schema: HeartbeatSchema, collection: collections.heartbeats };
  const fromOptions = (provide: symbol, useFactory: (options: CompleteOptions) => unknown): Provider => ({
    ...{ provide, inject: [COMPLETE], useFactory },
  });
  return {
    ...definition,
    mount,
    imports: [...(definition.imports ?? []), MongooseModule.forFeature([model], connectionName)],
    controllers: routes ? [mounted(HeartbeatController, mount), mounted(OpenApiController, mount)] : [],
    providers: [
      ...(definition.providers ?? []),
      {
        provide: COMPLETE,
        inject: [MODULE_OPTIONS_TOKEN],
        useFactory: (options: HeartbeatModuleOptions) => completeOptions(options, guard),
      },
      ...(guard ? authProviders(fromOptions(USERS, ({ users }) => users)) : openProviders),
      fromOptions(CREDENTIALS_OPTIONS, ({ limits }) => limits),
      fromOptions(RATE_LIMIT_OPTIONS, ({ limits }) => limits),
      fromOptions(DIALECT, ({ dialect }) => dialectOf(dialect)),
      fromOptions(CLOCK, ({ clock }) => clock),
      { provide: COLLECTION_NAMES, useValue: collections },
      { provide: HEARTBEAT_CONNECTION, useExisting: getConnectionToken(connectionName) },
      { provide: HEARTBEAT_MODEL, useExisting: getModelToken(name, connectionName) },
      ...[RateLimits, Audit, AccountedWrites],
      ...(routes ? [ServedDocument] : []),
      HeartbeatChanges,
      HeartbeatCollection,
      HeartbeatList,
      HeartbeatService,
    ],
    exports: [
      ...[HeartbeatService, HeartbeatCollection, HeartbeatChanges],
      ...[Credentials, GUARDED, RateLimits, CLOCK, COLLECTION_NAMES, HEARTBEAT_CONNECTION],
    ],
  };
}
