import { Controller, Get, Inject, Req, UseFilters, UseGuards } from '@nestjs/common';
import { BasicAuthGuard, GUARDED } from '../../auth/basic-auth.guard';
import { Needs, RIGHTS, rightsOf } from '../../auth/rights';
import type { AuthenticatedUser } from '../../auth/users';
import { CanopsisAnswer } from '../../canopsis/answers';
import type { V4Generation } from '../../canopsis/v4/generation';
import { type Caller, CallerOf } from '../../nest/caller.decorator';
import { Described } from '../../openapi/described';
import { ACCOUNT_V4 } from './heartbeat-v4.description';
import { V4ExceptionFilter } from '../../nest/v4-exception.filter';
import { V4_GENERATION } from '../heartbeat.options';

/** `account/me` below the module's prefix for version 4: who calls, and what they may do. */
@Controller('account')
@UseGuards(BasicAuthGuard)
@UseFilters(V4ExceptionFilter)
@Described(ACCOUNT_V4)
export class AccountV4Controller {
  constructor(
    @Inject(GUARDED) private readonly guarded: boolean,
    @Inject(V4_GENERATION) private readonly generation: V4Generation,
  ) {}

  @Get('me')
  @Needs()
  @CanopsisAnswer()
  me(@CallerOf() { user: name }: Caller, @Req() { user }: { user: AuthenticatedUser }): object {
    // The host's own guard has let in whoever comes here, and its users are not ours.
    return this.generation.account({ name, rights: this.guarded ? rightsOf(user) : RIGHTS });
  }
}
