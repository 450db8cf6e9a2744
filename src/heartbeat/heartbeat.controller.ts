import { Controller, Delete, Get, Param, Post, Put, UseFilters, UseGuards } from '@nestjs/common';
import { BasicAuthGuard } from '../auth/basic-auth.guard';
import { CanopsisAnswer, DoneAnswer, Page } from '../canopsis/answers';
import { CanopsisExceptionFilter } from '../canopsis/canopsis-exception.filter';
import type { HeartbeatDocument } from '../canopsis/dialect';
import { JsonBody } from '../canopsis/json-body.decorator';
import { RawQuery } from '../canopsis/raw-query.decorator';
import { Described } from '../openapi/described';
import { HeartbeatBodyPipe } from './dto/heartbeat-body.pipe';
import type { HeartbeatDto } from './dto/heartbeat.dto';
import type { ListQueryDto } from './dto/list-query.dto';
import { ListQueryPipe } from './dto/list-query.pipe';
import { HEARTBEATS } from './heartbeat.description';
import { HeartbeatService } from './heartbeat.service';

/** `heartbeat` below the module's prefix, `api/v2`: the calls of both seed documents, plus PUT and paging. */
@Controller('heartbeat')
@UseGuards(BasicAuthGuard)
@UseFilters(CanopsisExceptionFilter)
@Described(HEARTBEATS)
export class HeartbeatController {
  constructor(private readonly heartbeats: HeartbeatService) {}

  @Post()
  @CanopsisAnswer()
  create(@JsonBody('heartbeat', HeartbeatBodyPipe) heartbeat: HeartbeatDto): Promise<DoneAnswer> {
    return this.heartbeats.create(heartbeat);
  }

  @Get()
  @CanopsisAnswer()
  list(
    @RawQuery(ListQueryPipe) query?: ListQueryDto,
  ): Promise<HeartbeatDocument[] | Page<HeartbeatDocument>> {
    return query ? this.heartbeats.page(query) : this.heartbeats.list();
  }

  @Get(':id')
  @CanopsisAnswer()
  get(@Param('id') id: string): Promise<HeartbeatDocument> {
    return this.heartbeats.get(id);
  }

  @Put(':id')
  @CanopsisAnswer()
  replace(
    @Param('id') id: string,
    @JsonBody('heartbeat', HeartbeatBodyPipe) heartbeat: HeartbeatDto,
  ): Promise<DoneAnswer> {
    return this.heartbeats.replace(id, heartbeat);
  }

  @Delete(':id')
  @CanopsisAnswer()
  remove(@Param('id') id: string): Promise<DoneAnswer> {
    return this.heartbeats.remove(id);
  }
}
