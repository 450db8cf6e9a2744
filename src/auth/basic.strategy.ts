import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import type { StrategyCreatedStatic } from 'passport';
import { BasicStrategy as HttpBasicStrategy } from 'passport-http';
import type { CredentialHeaders, Credentials } from './credentials';
import type { AuthenticatedUser } from './users';

/** The name under which Passport knows the strategy. */
export const BASIC_STRATEGY = 'heartbeat-basic';

/** What is read of a request; Fastify's and Express's have it alike. */
export interface BasicRequest {
  readonly headers: CredentialHeaders;
  readonly ip?: string;
}

/** What the guard passes through Passport. */
export interface BasicStrategyOptions {
  readonly credentials: Credentials;
}

/**
 * HTTP Basic, or an authentication key, for Passport. passport-http's own reading of the header is not relied on (decision 3). Passport's
 * registry is one for the whole process, so the strategy holds no state: whose users count comes with each request.
 */
@Injectable()
export class BasicStrategy extends PassportStrategy(HttpBasicStrategy, BASIC_STRATEGY) {
  override authenticate(
    this: BasicStrategy & StrategyCreatedStatic,
    request: BasicRequest,
    options: BasicStrategyOptions,
  ): void {
    this.validate(request, options.credentials).then(
      (user) => (user ? this.success(user) : this.fail()),
      (error: unknown) => this.error(error),
    );
  }

  async validate(request: BasicRequest, credentials: Credentials): Promise<AuthenticatedUser | null> {
    return (await credentials.verify(request.headers, request.ip)) ?? null;
  }
}
