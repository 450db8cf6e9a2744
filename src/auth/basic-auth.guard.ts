import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { AuthGuard } from '@nestjs/passport';
import { foreignOrigin, permissionDenied } from '../canopsis/canopsis-error';
import { admittedUser } from './admission';
import { BASIC_STRATEGY, type BasicRequest, type BasicStrategyOptions } from './basic.strategy';
import { isChangingCall } from '../nest/changing-call';
import { isOpenCall } from '../nest/open-call';
import { Credentials } from './credentials';
import { mayCall, neededBy } from './rights';
import { type OriginatingRequest, comesFromOwnPage } from './session/same-origin';
import type { AuthenticatedUser } from './users';

/** Injection token of whether the guard asks for credentials at all: `false` where the host guards the routes itself. */
export const GUARDED = Symbol('GUARDED');

type GuardedRequest = BasicRequest & OriginatingRequest & { raw?: unknown; user?: AuthenticatedUser };

/**
 * Lets a request in that has good credentials, a Basic Authorization header or an authentication key, and sets its `user` to
 * {@link AuthenticatedUser}. Remembered ones are let in at once, any other go through Passport.
 *
 * @throws UnauthorizedException without good credentials, CanopsisError 403 where the user has no right to the call, or where
 * a foreign page uses a session, and 429
 * after too many failed log-ins.
 */
@Injectable()
export class BasicAuthGuard extends AuthGuard(BASIC_STRATEGY) {
  // As properties: the first parameter of the base class's constructor is optional, and a subclass inherits that, so
  // that a guard without credentials would be made. This way an application without them does not start.
  @Inject(Credentials) private readonly credentials!: Credentials;
  @Inject(GUARDED) private readonly guarded!: boolean;

  override canActivate(context: ExecutionContext): ReturnType<CanActivate['canActivate']> {
    if (!this.guarded) return true;
    const request = context.switchToHttp().getRequest<GuardedRequest>();
    const changing = isChangingCall(context.getHandler());
    if (!comesFromOwnPage(request, { changing })) throw foreignOrigin();
    if (isOpenCall(context.getHandler())) return true;
    const user = admittedUser(request, this.credentials) ?? this.credentials.recall(request.headers);
    if (user === undefined) {
      return super.canActivate(context);
    }
    request.user = permitted(user, context);
    return true;
  }

  /** What Passport found, which is set as the request's `user`. */
  override handleRequest<TUser = AuthenticatedUser>(
    error: unknown,
    found: TUser | false,
    info: unknown,
    context: ExecutionContext,
  ): TUser {
    const user = super.handleRequest<AuthenticatedUser>(error, found, info, context);
    return permitted(user, context) as TUser;
  }

  override getAuthenticateOptions(): BasicStrategyOptions & Record<string, unknown> {
    return { credentials: this.credentials };
  }
}

function permitted(user: AuthenticatedUser, context: ExecutionContext): AuthenticatedUser {
  const { method = '' } = context.switchToHttp().getRequest<GuardedRequest>();
  if (!mayCall(user, neededBy(context.getHandler(), method))) throw permissionDenied();
  return user;
}
