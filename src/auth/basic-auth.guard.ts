import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { AuthGuard } from '@nestjs/passport';
import { BASIC_STRATEGY, type BasicRequest, type BasicStrategyOptions } from './basic.strategy';
import { Credentials } from './credentials';
import type { AuthenticatedUser } from './users';

/** Injection token of whether the guard asks for credentials at all: `false` where the host guards the routes itself. */
export const GUARDED = Symbol('GUARDED');

/**
 * Lets a request in whose Authorization header holds good credentials, and sets its `user` to
 * {@link AuthenticatedUser}. A remembered header is let in at once, any other goes through Passport.
 *
 * @throws UnauthorizedException without good credentials.
 */
@Injectable()
export class BasicAuthGuard extends AuthGuard(BASIC_STRATEGY) {
  // As properties: the first parameter of the base class's constructor is optional, and a subclass inherits that, so
  // that a guard without credentials would be made. This way an application without them does not start.
  @Inject(Credentials) private readonly credentials!: Credentials;
  @Inject(GUARDED) private readonly guarded!: boolean;

  override canActivate(context: ExecutionContext): ReturnType<CanActivate['canActivate']> {
    if (!this.guarded) return true;
    const request = context.switchToHttp().getRequest<BasicRequest & { user?: AuthenticatedUser }>();
    const name = this.credentials.recall(request.headers.authorization);
    if (name === undefined) {
      return super.canActivate(context);
    }
    request.user = { name };
    return true;
  }

  override getAuthenticateOptions(): BasicStrategyOptions & Record<string, unknown> {
    return { credentials: this.credentials };
  }
}
