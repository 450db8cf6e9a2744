import { Controller, Get, NotFoundException, Param } from '@nestjs/common';
import { UsersService } from '@example/users';

@Controller('teams')
export class TeamsController {
  constructor(private readonly users: UsersService) {}

  /** The team of a user. */
  @Get(':user')
  get(@Param('user') name: string): { team: string } {
    const user = this.users.find(name);
    if (!user) throw new NotFoundException(`no user ${name}`);
    return { team: user.team };
  }
}
