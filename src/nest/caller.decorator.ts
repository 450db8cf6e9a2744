import { ExecutionContext, createParamDecorator } from '@nestjs/common';
import { bareAddress } from '../util/bare-address';
import { requestIdOf } from './request-id';

/** Who a change is ascribed to where nobody says. */
export const UNKNOWN_USER = 'unknown';

/** Who makes a call, and from where. */
export interface Caller {
  /** Name of the user that this module's guard or the host's has put on the request; `unknown` where there is none. */
  readonly user: string;
  /** The client's network address, as the framework sees it behind the proxies that it trusts; without a port. */
  readonly address: string | undefined;
  /** What the answer says in `X-Request-Id`, if it says it. */
  readonly requestId: string | undefined;
}

interface AnyRequest {
  readonly user?: unknown;
  readonly ip?: string;
}

/** Reads what is asked for when it is asked for: most calls need only the user. */
class RequestCaller implements Caller {
  constructor(
    private readonly request: AnyRequest,
    private readonly response: object,
  ) {}

  get user(): string {
    const { user } = this.request;
    if (typeof user === 'string') return user || UNKNOWN_USER;
    const { name, username } = (user ?? {}) as { name?: unknown; username?: unknown };
    return (
      ([name, username].find((text) => typeof text === 'string' && text !== '') as string | undefined) ??
      UNKNOWN_USER
    );
  }

  get address(): string | undefined {
    const { ip } = this.request;
    return ip && (bareAddress(ip) ?? ip);
  }

  get requestId(): string | undefined {
    return requestIdOf(this.response);
  }
}

/** The {@link Caller} of a request. */
export const CallerOf = createParamDecorator((_data: unknown, context: ExecutionContext): Caller => {
  const http = context.switchToHttp();
  return new RequestCaller(http.getRequest(), http.getResponse());
});
