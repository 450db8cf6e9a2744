import { Controller, Get, HttpCode, Param, Post, Req, UseFilters, UseGuards } from '@nestjs/common';
import { BasicAuthGuard } from '../auth/basic-auth.guard';
import { Needs } from '../auth/rights';
import { CanopsisAnswer, type DoneAnswer } from '../canopsis/answers';
import { CanopsisExceptionFilter } from '../nest/canopsis-exception.filter';
import { ChangingCall } from '../nest/changing-call';
import { type Caller, CallerOf } from '../nest/caller.decorator';
import { type RequestWithUrl, requestedPath } from '../nest/location';
import { OpenCall } from '../nest/open-call';
import { Described } from '../openapi/described';
import { PINGS } from './ping.description';
import { PingService, type PingUrl } from './ping.service';

/** Pings by URL: what a cron job calls with curl. HEAD is served as GET is. */
@Controller('heartbeat/:id')
@UseGuards(BasicAuthGuard)
@UseFilters(CanopsisExceptionFilter)
@Described(PINGS)
export class PingController {
  constructor(private readonly pings: PingService) {}

  @Get('ping')
  @ChangingCall()
  @Needs('event')
  @CanopsisAnswer()
  ping(@Param('id') id: string, @CallerOf() { user }: Caller): Promise<DoneAnswer> {
    return this.pings.ping(id, user);
  }

  @Post('ping')
  @Needs('event')
  @HttpCode(200)
  @CanopsisAnswer()
  pingByPost(@Param('id') id: string, @CallerOf() { user }: Caller): Promise<DoneAnswer> {
    return this.pings.ping(id, user);
  }

  @Get('ping/:token')
  @OpenCall()
  @CanopsisAnswer()
  pingByToken(@Param('id') id: string, @Param('token') token: string): Promise<DoneAnswer> {
    return this.pings.pingByToken(id, token);
  }

  @Post('ping/:token')
  @OpenCall()
  @HttpCode(200)
  @CanopsisAnswer()
  pingByTokenAndPost(@Param('id') id: string, @Param('token') token: string): Promise<DoneAnswer> {
    return this.pings.pingByToken(id, token);
  }

  @Get('ping-url')
  @Needs('event')
  @CanopsisAnswer()
  url(@Param('id') id: string, @Req() request: RequestWithUrl): Promise<PingUrl> {
    return this.pings.urlOf(id, requestedPath(request).replace(/-url$/, ''));
  }
}
