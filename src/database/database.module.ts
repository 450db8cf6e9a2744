import { DynamicModule, Module } from '@nestjs/common';
import { MongooseModule } from '@nestjs/mongoose';
import type { Connection } from 'mongoose';
import { DATABASE_URI, DatabaseConnection } from './database-connection';
import { connectOptions } from './connect-options';

/** The application's Mongoose connection. It opens in the background, so that the API answers whatever the database does. */
@Module({})
export class DatabaseModule {
  /** @param uri a MongoDB connection string; without a database in its path, `canopsis` is used */
  static register(uri: string): DynamicModule {
    return {
      module: DatabaseModule,
      imports: [
        MongooseModule.forRoot(uri, {
          ...connectOptions(uri),
          lazyConnection: true,
          connectionFactory: (connection: Connection) => {
            // DatabaseConnection deals with a failure; until it is there, nothing may count as unhandled.
            connection.asPromise().catch(() => undefined);
            return connection;
          },
        }),
      ],
      providers: [{ provide: DATABASE_URI, useValue: uri }, DatabaseConnection],
      exports: [DatabaseConnection],
    };
  }
}
