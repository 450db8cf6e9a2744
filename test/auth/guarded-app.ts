import {
  Controller,
  Get,
  Module,
  Req,
  UseGuards,
  type DynamicModule,
  type INestApplication,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Agent, get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { authProviders } from '../../src/auth/auth.providers';
import { BasicAuthGuard } from '../../src/auth/basic-auth.guard';
import { CREDENTIALS_OPTIONS, type CredentialsOptions } from '../../src/auth/credentials';
import { USERS, type AuthenticatedUser, type Users } from '../../src/auth/users';

@Controller()
@UseGuards(BasicAuthGuard)
class WhoController {
  @Get('who')
  who(@Req() request: { user: AuthenticatedUser }): AuthenticatedUser {
    return request.user;
  }
}

@Module({})
class WhoModule {
  static for(users: Users, options: CredentialsOptions): DynamicModule {
    const providers = [
      ...authProviders({ provide: USERS, useValue: users }),
      { provide: CREDENTIALS_OPTIONS, useValue: options },
    ];
    return { module: WhoModule, providers, controllers: [WhoController] };
  }
}

/** Nest's HTTP adapters by name. */
export const ADAPTERS = {
  Fastify: (): FastifyAdapter => new FastifyAdapter(),
  Express: (): ExpressAdapter => new ExpressAdapter(),
};

export interface Answer {
  status: number;
  body: unknown;
}

/** An application with one guarded route, listening on a free port of loopback. */
export class GuardedApp {
  /** More connections at once would overflow what the kernel keeps for a busy server. */
  private readonly agent = new Agent({ maxSockets: 200 });

  private constructor(private readonly app: INestApplication) {}

  /** @param options without any, log-ins are not limited */
  static async start(
    adapter: keyof typeof ADAPTERS,
    users: Users,
    options: CredentialsOptions = { loginFailures: 0 },
  ): Promise<GuardedApp> {
    const app = await NestFactory.create(WhoModule.for(users, options), ADAPTERS[adapter](), {
      logger: false,
    });
    await app.listen(0, '127.0.0.1');
    return new GuardedApp(app);
  }

  /** Asks who the caller is; the header goes out as it is. */
  ask(authorization?: string): Promise<Answer> {
    const server = this.app.getHttpServer() as { address(): AddressInfo };
    const headers = authorization === undefined ? {} : { authorization };
    return new Promise((resolve, reject) => {
      get({ port: server.address().port, path: '/who', headers, agent: this.agent }, (response) => {
        response.toArray().then((chunks) => {
          const body: unknown = JSON.parse(Buffer.concat(chunks as Buffer[]).toString());
          resolve({ status: response.statusCode ?? 0, body });
        }, reject);
      }).once('error', reject);
    });
  }

  close(): Promise<void> {
    return this.app.close();
  }
}
