import { type DynamicModule, Module } from '@nestjs/common';
import { BasicAuthGuard } from './basic-auth.guard';
import { BasicStrategy } from './basic.strategy';
import { Credentials } from './credentials';
import { USERS, type Users } from './users';

export interface AuthModuleOptions {
  /** Who may call. */
  readonly users: Users;
}

/** Who may call: gives {@link Credentials} and {@link BasicAuthGuard} to the module that imports it. */
@Module({})
export class AuthModule {
  static register({ users }: AuthModuleOptions): DynamicModule {
    return {
      module: AuthModule,
      providers: [{ provide: USERS, useValue: users }, Credentials, BasicStrategy, BasicAuthGuard],
      exports: [Credentials, BasicAuthGuard],
    };
  }
}
