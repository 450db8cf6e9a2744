import { Controller, Delete, Post, Put, UseFilters, UseGuards } from '@nestjs/common';
import { BasicAuthGuard } from '../../auth/basic-auth.guard';
import { CanopsisAnswer } from '../../canopsis/answers';
import { readItems } from '../../canopsis/v4/body';
import type { V4Document } from '../../canopsis/v4/document';
import { type Caller, CallerOf } from '../../nest/caller.decorator';
import { V4Body } from '../../nest/v4-body.decorator';
import { Described } from '../../openapi/described';
import { BULK_V4 } from './heartbeat-v4.description';
import { V4ExceptionFilter } from '../../nest/v4-exception.filter';
import { AuditedWrites } from '../audited-writes';
import { HeartbeatV4BulkService } from './heartbeat-v4-bulk.service';
import { V4BodyRules } from './v4-body-rules';
import { V4Ids } from './v4-ids.decorator';

/** `bulk/heartbeats` below the module's prefix for version 4: many heartbeats with one call, all of it or nothing. */
@Controller('bulk/heartbeats')
@UseGuards(BasicAuthGuard)
@UseFilters(V4ExceptionFilter)
@Described(BULK_V4)
export class HeartbeatV4BulkController {
  constructor(
    private readonly heartbeats: HeartbeatV4BulkService,
    private readonly writes: AuditedWrites,
    private readonly rules: V4BodyRules,
  ) {}

  @Post()
  @CanopsisAnswer(201)
  create(@CallerOf() caller: Caller, @V4Body() body: unknown): Promise<V4Document[]> {
    const items = readItems(body, this.rules.of('new', caller));
    return this.writes.by(caller, 'created', () => this.heartbeats.create(items), idsOf, {
      count: items.length,
    });
  }

  @Put()
  @CanopsisAnswer()
  replace(@CallerOf() caller: Caller, @V4Body() body: unknown): Promise<V4Document[]> {
    const items = readItems(body, this.rules.of('existing', caller));
    return this.writes.by(caller, 'updated', () => this.heartbeats.replace(items), idsOf, {
      count: items.length,
    });
  }

  @Delete()
  @CanopsisAnswer(204)
  remove(@CallerOf() caller: Caller, @V4Ids() ids: readonly string[]): Promise<void> {
    const distinct = [...new Set(ids)];
    return this.writes.by(
      caller,
      'removed',
      () => this.heartbeats.remove(ids),
      () => distinct,
      { count: distinct.length },
    );
  }
}

const idsOf = (documents: readonly V4Document[]): string[] => documents.map(({ _id }) => _id);
