import { Injectable } from '@nestjs/common';
import { authenticationRequired } from '../../canopsis/canopsis-error';
import { Credentials } from '../credentials';
import type { AuthenticatedUser } from '../users';
import { expiredCookie, sessionCookie, sessionTokenIn } from './session-cookie';
import { Sessions } from './sessions';
import { basicAuthorization } from '../../util/basic-authorization';

/** What a log-in and its end read of a request; Fastify's and Express's have it alike. */
export interface LoginRequest {
  readonly headers: Readonly<Record<string, string | string[] | undefined>> & { readonly cookie?: string };
  /** The client's address, behind the proxies that are trusted. */
  readonly ip?: string;
  /** `https` where the client came by TLS, as far as the framework knows. */
  readonly protocol?: string;
}

/** Somebody who is logged in now, and the `Set-Cookie` header that the browser is to be told so by. */
export interface LoggedIn {
  readonly user: AuthenticatedUser;
  readonly cookie: string;
}

/** Logs people in and out, by name and password. */
@Injectable()
export class Logins {
  constructor(
    private readonly credentials: Credentials,
    private readonly sessions: Sessions,
  ) {}

  /** @returns who makes this request, by whatever credentials it has */
  whoIs({ headers, ip }: LoginRequest): Promise<AuthenticatedUser | undefined> {
    return this.credentials.verify(headers, ip);
  }

  /**
   * Begins a session, always a new one: nobody can have known its token before. The one that the browser had ends.
   * @throws CanopsisError 401 where the password is wrong, 429 after too many that were
   */
  async logIn(request: LoginRequest, name: string, password: string): Promise<LoggedIn> {
    const authorization = basicAuthorization(name, password);
    // A name with a colon would be read as another one's.
    const user = name.includes(':')
      ? undefined
      : await this.credentials.verify({ authorization }, request.ip);
    if (user === undefined) throw authenticationRequired();
    await this.endSessionOf(request);
    return { user, cookie: sessionCookie(await this.sessions.begin(user.name), attributesFor(request)) };
  }

  /** Ends the session of a request, where it has one. @returns the `Set-Cookie` header that makes the browser forget it */
  async logOut(request: LoginRequest): Promise<string> {
    await this.endSessionOf(request);
    return expiredCookie(attributesFor(request));
  }

  private async endSessionOf({ headers }: LoginRequest): Promise<void> {
    const token = sessionTokenIn(headers.cookie);
    if (token !== undefined) await this.sessions.end(token);
  }
}

const attributesFor = ({ protocol }: LoginRequest): { secure: boolean } => ({ secure: protocol === 'https' });
