import { Controller, Delete, Get, Post, Req, Res, UseFilters, UseGuards } from '@nestjs/common';
import { BasicAuthGuard } from '../../auth/basic-auth.guard';
import { Needs } from '../../auth/rights';
import { type LoginRequest, Logins } from '../../auth/session/logins';
import { CanopsisAnswer, type DoneAnswer } from '../../canopsis/answers';
import { CanopsisExceptionFilter } from '../../nest/canopsis-exception.filter';
import { type Caller, CallerOf } from '../../nest/caller.decorator';
import { type AnyResponse, setHeader } from '../../nest/any-response';
import { JsonBody } from '../../nest/json-body.decorator';
import { OpenCall } from '../../nest/open-call';
import { Described } from '../../openapi/described';
import { type SessionAnswer, loggedOut, sessionOf } from './session-answer';
import { GUEST_SESSION, SESSION } from './session.description';
import { SessionBodyPipe, type SessionDto } from './session.dto';

/** `heartbeat-session` below the module's prefix: who is logged in, in and out (decision on sessions). */
@Controller('heartbeat-session')
@UseGuards(BasicAuthGuard)
@UseFilters(CanopsisExceptionFilter)
@Described(SESSION)
export class SessionController {
  constructor(private readonly logins: Logins) {}

  @Get()
  @OpenCall()
  @CanopsisAnswer()
  async get(@Req() request: LoginRequest): Promise<SessionAnswer> {
    return sessionOf(await this.logins.whoIs(request));
  }

  @Post()
  @OpenCall()
  @CanopsisAnswer()
  async logIn(
    @Req() request: LoginRequest,
    @Res({ passthrough: true }) response: AnyResponse,
    @JsonBody('session', SessionBodyPipe) { name, password }: SessionDto,
  ): Promise<SessionAnswer> {
    const { user, cookie } = await this.logins.logIn(request, name, password);
    setHeader(response, 'Set-Cookie', cookie);
    return sessionOf(user);
  }

  @Delete()
  @Needs()
  @CanopsisAnswer()
  async logOut(
    @CallerOf() { user }: Caller,
    @Req() request: LoginRequest,
    @Res({ passthrough: true }) response: AnyResponse,
  ): Promise<DoneAnswer> {
    setHeader(response, 'Set-Cookie', await this.logins.logOut(request));
    return loggedOut(user);
  }
}

/** The same where the host guards the routes itself: its user is the session, and nobody logs in or out here. */
@Controller('heartbeat-session')
@UseGuards(BasicAuthGuard)
@UseFilters(CanopsisExceptionFilter)
@Described(GUEST_SESSION)
export class GuestSessionController {
  @Get()
  @Needs()
  @CanopsisAnswer()
  get(@CallerOf() { user }: Caller): SessionAnswer {
    return sessionOf({ name: user });
  }
}
