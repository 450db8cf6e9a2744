import { Controller, Delete, Param, Put, UseFilters, UseGuards } from '@nestjs/common';
import { BasicAuthGuard } from '../../auth/basic-auth.guard';
import { Needs } from '../../auth/rights';
import { CanopsisAnswer, type DoneAnswer } from '../../canopsis/answers';
import type { Pause } from '../../domain/pause';
import { AuditedWrites } from '../../heartbeat/audited-writes';
import { type Caller, CallerOf } from '../../nest/caller.decorator';
import { CanopsisExceptionFilter } from '../../nest/canopsis-exception.filter';
import { JsonBody } from '../../nest/json-body.decorator';
import { Described } from '../../openapi/described';
import { PauseBodyPipe } from './pause-body';
import { PAUSES } from './pause.description';
import { PauseService } from './pause.service';

/** A heartbeat's pause. */
@Controller('heartbeat/:id/pause')
@UseGuards(BasicAuthGuard)
@UseFilters(CanopsisExceptionFilter)
@Described(PAUSES)
export class PauseController {
  constructor(
    private readonly pauses: PauseService,
    private readonly writes: AuditedWrites,
  ) {}

  @Put()
  @Needs('update')
  @CanopsisAnswer()
  pause(
    @CallerOf() caller: Caller,
    @Param('id') id: string,
    @JsonBody('pause', PauseBodyPipe) pause: Pause,
  ): Promise<DoneAnswer> {
    return this.writes.by(caller, 'paused', () => this.pauses.pause(id, pause), idsOf);
  }

  @Delete()
  @Needs('update')
  @CanopsisAnswer()
  resume(@CallerOf() caller: Caller, @Param('id') id: string): Promise<DoneAnswer> {
    return this.writes.by(caller, 'resumed', () => this.pauses.resume(id), idsOf);
  }
}

const idsOf = ({ description }: DoneAnswer): string[] => [description];
