import { Controller, Delete, Get, Param, Post, Put, Res, UseFilters, UseGuards } from '@nestjs/common';
import { type Caller, CallerOf } from '../nest/caller.decorator';
import { BasicAuthGuard } from '../auth/basic-auth.guard';
import { CanopsisAnswer, DoneAnswer, Page } from '../canopsis/answers';
import { CanopsisExceptionFilter } from '../nest/canopsis-exception.filter';
import type { HeartbeatDocument } from '../domain/dialect';
import { JsonBody } from '../nest/json-body.decorator';
import { AnyResponse } from '../nest/any-response';
import { JsonAnswer, jsonAnswer } from '../nest/json-answer';
import { type Locator, LocatorOf } from '../nest/location';
import { RawQuery } from '../nest/raw-query.decorator';
import { AuditedWrites } from './audited-writes';
import { Described } from '../openapi/described';
import { HeartbeatBodyPipe } from './dto/heartbeat-body.pipe';
import type { HeartbeatDto } from './dto/heartbeat.dto';
import type { ListQueryDto } from './dto/list-query.dto';
import { ListQueryPipe } from './dto/list-query.pipe';
import { HeartbeatList } from './heartbeat-list';
import { HEARTBEATS } from './heartbeat.description';
import { HeartbeatService } from './heartbeat.service';

/** `heartbeat` below the module's prefix, `api/v2`: the calls of both seed documents, plus PUT and paging. */
@Controller('heartbeat')
@UseGuards(BasicAuthGuard)
@UseFilters(CanopsisExceptionFilter)
@Described(HEARTBEATS)
export class HeartbeatController {
  constructor(
    private readonly heartbeats: HeartbeatService,
    private readonly all: HeartbeatList,
    private readonly writes: AuditedWrites,
  ) {}

  @Post()
  @CanopsisAnswer()
  create(
    @CallerOf() caller: Caller,
    @LocatorOf() locator: Locator,
    @JsonBody('heartbeat', HeartbeatBodyPipe) heartbeat: HeartbeatDto,
  ): Promise<DoneAnswer> {
    const create = () => this.heartbeats.create(heartbeat);
    return locator.naming(this.writes.by(caller, 'created', create, idsOf), idOf);
  }

  @Get()
  @CanopsisAnswer()
  list(
    @Res({ passthrough: true }) response: AnyResponse,
    @RawQuery(ListQueryPipe) query?: ListQueryDto,
  ): Promise<JsonAnswer | Page<HeartbeatDocument>> {
    return query ? this.heartbeats.page(query) : this.all.json().then((json) => jsonAnswer(json, response));
  }

  @Get(':id')
  @CanopsisAnswer()
  get(@Param('id') id: string): Promise<HeartbeatDocument> {
    return this.heartbeats.get(id);
  }

  @Put(':id')
  @CanopsisAnswer()
  replace(
    @CallerOf() caller: Caller,
    @LocatorOf() locator: Locator,
    @Param('id') id: string,
    @JsonBody('heartbeat', HeartbeatBodyPipe) heartbeat: HeartbeatDto,
  ): Promise<DoneAnswer> {
    const replace = () => this.heartbeats.replace(id, heartbeat);
    return locator.naming(this.writes.by(caller, 'updated', replace, idsOf), idOf);
  }

  @Delete(':id')
  @CanopsisAnswer()
  remove(@CallerOf() caller: Caller, @Param('id') id: string): Promise<DoneAnswer> {
    return this.writes.by(caller, 'removed', () => this.heartbeats.remove(id), idsOf);
  }
}

const idOf = ({ description }: DoneAnswer): string => description;
const idsOf = (answer: DoneAnswer): string[] => [idOf(answer)];
