import { DynamicModule, Inject, Module, Optional, Provider, Type } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { MongooseModule, getConnectionToken, getModelToken } from '@nestjs/mongoose';
import type { Connection, mongo } from 'mongoose';
import { Audit } from '../auth/audit';
import { authProviders, openProviders } from '../auth/auth.providers';
import { GUARDED } from '../auth/basic-auth.guard';
import { CREDENTIALS_OPTIONS, Credentials } from '../auth/credentials';
import { RATE_LIMIT_OPTIONS, RateLimits } from '../auth/rate-limits';
import { USERS } from '../auth/users';
import { v4GenerationOf } from '../canopsis/v4/generation';
import { CallGuard } from '../database/call-guard';
import { UNACKNOWLEDGED, isUnacknowledged } from '../database/connection-string';
import { dialectOf } from '../domain/dialect';
import { mounted } from '../nest/mounted';
import { areAsync } from '../nest/option-names';
import { PLACE, type Place, refuseSharedPlaces } from '../nest/place';
import { MOUNTED_SITE, Site } from '../nest/site';
import { OpenApiController, OpenApiV4Controller } from '../openapi/open-api.controller';
import { ServedDocument } from '../openapi/served-document';
import { CLOCK } from '../util/clock';
import { AuditedWrites } from './audited-writes';
import { HeartbeatChanges } from './heartbeat-changes';
import { HeartbeatCollection } from './heartbeat-collection';
import { HeartbeatController } from './heartbeat.controller';
import {
  COLLECTION_NAMES,
  CollectionNames,
  HEARTBEAT_OPTION_NAMES,
  CompleteOptions,
  DIALECT,
  HEARTBEAT_CONNECTION,
  HeartbeatDynamicModule,
  HeartbeatModuleAsyncOptions,
  HeartbeatModuleExtras,
  HeartbeatModuleOptions,
  Mounts,
  V4_GENERATION,
  completeExtras,
  completeOptions,
  configurable,
} from './heartbeat.options';
import { HEARTBEAT_MODEL, HeartbeatSchema } from './heartbeat.schema';
import { HeartbeatList } from './heartbeat-list';
import { LargeLists } from './large-lists';
import { HeartbeatPreparation } from './heartbeat-preparation';
import { HeartbeatService } from './heartbeat.service';
import { InsertionOrder } from './insertion-order';
import { GuestSessionController, SessionController } from './session/session.controller';
import { sessionProviders } from './session/session.providers';
import { BulkFinisher } from './bulk/bulk-finisher';
import { BulkJournal } from './bulk/bulk-journal';
import { BulkRecovery } from './bulk/bulk-recovery';
import { BulkWriter } from './bulk/bulk-writer';
import { AccountV4Controller } from './v4/account-v4.controller';
import { HeartbeatV4BulkController } from './v4/heartbeat-v4-bulk.controller';
import { HeartbeatV4BulkService } from './v4/heartbeat-v4-bulk.service';
import { V4Documents } from './v4/v4-documents';
import { HeartbeatV4Controller } from './v4/heartbeat-v4.controller';
import { HeartbeatV4List } from './v4/heartbeat-v4.list';
import { HeartbeatV4Service } from './v4/heartbeat-v4.service';
import { HolderLookup } from './v4/holders';
import { Proposals } from './v4/proposals';
import { V4BodyRules } from './v4/v4-body-rules';

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
  /** @throws Error where it is imported without options, or two of them share what each must have for itself */
  constructor(@Optional() @Inject(PLACE) place: Place | undefined, modules: ModulesContainer) {
    if (place === undefined) {
      throw new Error('HeartbeatModule must be imported as HeartbeatModule.forRoot({ users: … })');
    }
    refuseSharedPlaces(modules);
  }

  /** @throws Error that names the option that cannot be used */
  static forRoot(options: HeartbeatModuleOptions & HeartbeatModuleExtras): HeartbeatDynamicModule {
    HEARTBEAT_OPTION_NAMES.forRoot(options);
    return asHeartbeatModule(ConfigurableModuleClass.forRoot(options));
  }

  /** As {@link forRoot}, with `useFactory`, `useClass` or `useExisting` for what is not known at once. */
  static forRootAsync(options: HeartbeatModuleAsyncOptions): HeartbeatDynamicModule {
    HEARTBEAT_OPTION_NAMES.forRootAsync(options);
    return asHeartbeatModule(ConfigurableModuleClass.forRootAsync(options));
  }
}

/** `assemble` added what the type of Nest's builder does not tell. */
const asHeartbeatModule = (definition: DynamicModule): HeartbeatDynamicModule => ({
  ...(definition as HeartbeatDynamicModule),
  module: HeartbeatModule,
});

const V4_PROVIDERS: Provider[] = [
  ...[V4BodyRules, V4Documents, HolderLookup, Proposals, HeartbeatV4List, HeartbeatV4Service],
  ...[BulkJournal, BulkFinisher, BulkWriter, BulkRecovery, HeartbeatV4BulkService],
];

/** @throws Error for a connection on which what is answered as stored may be lost */
function acknowledged(connection: Connection): Connection {
  // Without a client there is nothing to look at yet.
  const client = connection.getClient() as mongo.MongoClient | undefined;
  if (client && isUnacknowledged(client.options)) {
    throw new Error(`HeartbeatModule: its connection cannot be used: ${UNACKNOWLEDGED}`);
  }
  return connection;
}

const guardOf = (preparation: HeartbeatPreparation): CallGuard => new CallGuard(preparation);

const controllersOf = ({ v2, v4 }: Mounts, session: Type<object>): Type<object>[] => [
  ...(v2
    ? [HeartbeatController, session, OpenApiController].map((controller) => mounted(controller, v2))
    : []),
  ...(v4
    ? [HeartbeatV4Controller, HeartbeatV4BulkController, AccountV4Controller].map((controller) =>
        mounted(controller, v4),
      )
    : []),
  // One description has all that is served.
  ...(v4 && !v2 ? [mounted(OpenApiV4Controller, v4)] : []),
];

/** Paths of version 4 below its prefix; that of events is the engine module's. */
const V4_PATHS = ['heartbeats', 'bulk/heartbeats', 'account/me', 'event'];
const V4_ALONE_PATHS = [...V4_PATHS, 'heartbeat-openapi.json'];

function siteOf({ v2, v4 }: Mounts): Site {
  const v4Paths = v4 ? (v2 ? V4_PATHS : V4_ALONE_PATHS).map((path) => `${v4.prefix}/${path}`) : [];
  return new Site([...(v2 ? [`${v2.prefix}/heartbeat`] : []), ...v4Paths], v4Paths);
}

const placeOf = (
  connectionName: string | undefined,
  collections: CollectionNames,
  mounts: Mounts,
): Place => ({
  connectionName,
  collections: Object.values(collections) as string[],
  prefixes: Object.values(mounts).map(({ prefix }) => prefix),
});

function assemble(definition: DynamicModule, extras: HeartbeatModuleExtras): HeartbeatDynamicModule {
  const { connectionName, collections, guard, mounts } = completeExtras(extras);
  const controllers = controllersOf(mounts, guard ? SessionController : GuestSessionController);
  // A name that no model of the host has, and no other heartbeat module on this connection.
  const name = `CanopsisHeartbeat:${collections.heartbeats}`;
  const model = { name, schema: HeartbeatSchema, collection: collections.heartbeats };
  const fromOptions = (provide: symbol, useFactory: (options: CompleteOptions) => unknown): Provider => ({
    ...{ provide, inject: [COMPLETE], useFactory },
  });
  return {
    ...definition,
    mounts,
    imports: [...(definition.imports ?? []), MongooseModule.forFeature([model], connectionName)],
    controllers,
    providers: [
      ...(definition.providers ?? []),
      {
        provide: COMPLETE,
        inject: [MODULE_OPTIONS_TOKEN],
        useFactory: (options: HeartbeatModuleOptions) => {
          if (areAsync(definition, MODULE_OPTIONS_TOKEN)) HEARTBEAT_OPTION_NAMES.returned(options);
          return completeOptions(options, guard);
        },
      },
      ...(guard
        ? [...authProviders(fromOptions(USERS, ({ users }) => users)), ...sessionProviders]
        : openProviders),
      fromOptions(CREDENTIALS_OPTIONS, ({ limits }) => limits),
      fromOptions(RATE_LIMIT_OPTIONS, ({ limits }) => limits),
      fromOptions(DIALECT, ({ dialect }) => dialectOf(dialect)),
      fromOptions(V4_GENERATION, ({ dialect }) => v4GenerationOf(dialect)),
      fromOptions(CLOCK, ({ clock }) => clock),
      { provide: Site, useValue: siteOf(mounts) },
      { provide: PLACE, useValue: placeOf(connectionName, collections, mounts) },
      ...(controllers.length > 0 ? [{ provide: MOUNTED_SITE, useExisting: Site }] : []),
      { provide: COLLECTION_NAMES, useValue: collections },
      {
        provide: HEARTBEAT_CONNECTION,
        inject: [getConnectionToken(connectionName)],
        useFactory: acknowledged,
      },
      { provide: HEARTBEAT_MODEL, useExisting: getModelToken(name, connectionName) },
      ...[RateLimits, Audit, AuditedWrites],
      ...(mounts.v2 || mounts.v4 ? [ServedDocument] : []),
      ...(mounts.v4 ? V4_PROVIDERS : []),
      ...[InsertionOrder, HeartbeatPreparation],
      { provide: CallGuard, inject: [HeartbeatPreparation], useFactory: guardOf },
      HeartbeatChanges,
      HeartbeatCollection,
      LargeLists,
      HeartbeatList,
      HeartbeatService,
    ],
    exports: [
      ...[HeartbeatService, HeartbeatCollection, HeartbeatChanges, HeartbeatPreparation, CallGuard],
      ...[AuditedWrites, LargeLists],
      ...[Credentials, GUARDED, RateLimits, CLOCK, COLLECTION_NAMES, HEARTBEAT_CONNECTION, Site],
    ],
  };
}
