import {
  Controller,
  Delete,
  Get,
  Inject,
  Param,
  Post,
  Put,
  Res,
  UseFilters,
  UseGuards,
} from '@nestjs/common';
import { BasicAuthGuard } from '../../auth/basic-auth.guard';
import { CanopsisAnswer } from '../../canopsis/answers';
import { readItem } from '../../canopsis/v4/body';
import type { V4Document } from '../../canopsis/v4/document';
import type { V4Generation } from '../../canopsis/v4/generation';
import { readListQuery } from '../../canopsis/v4/list-query';
import { type Caller, CallerOf } from '../../nest/caller.decorator';
import { AnyResponse } from '../../nest/any-response';
import { JsonAnswer, jsonAnswer } from '../../nest/json-answer';
import { type Locator, LocatorOf } from '../../nest/location';
import { SearchParams } from '../../nest/search-params.decorator';
import { V4Body } from '../../nest/v4-body.decorator';
import { Described } from '../../openapi/described';
import { HEARTBEATS_V4 } from './heartbeat-v4.description';
import { V4ExceptionFilter } from '../../nest/v4-exception.filter';
import { AuditedWrites } from '../audited-writes';
import { V4_GENERATION } from '../heartbeat.options';
import { MAX_SEARCH_LENGTH } from '../search';
import { HeartbeatV4List } from './heartbeat-v4.list';
import { HeartbeatV4Service } from './heartbeat-v4.service';
import { V4BodyRules } from './v4-body-rules';

/** `heartbeats` below the module's prefix for version 4, `api/v4`: the calls of Canopsis 4.2 and 4.3 for one heartbeat, and the list. */
@Controller('heartbeats')
@UseGuards(BasicAuthGuard)
@UseFilters(V4ExceptionFilter)
@Described(HEARTBEATS_V4)
export class HeartbeatV4Controller {
  constructor(
    private readonly heartbeats: HeartbeatV4Service,
    private readonly pages: HeartbeatV4List,
    private readonly writes: AuditedWrites,
    private readonly rules: V4BodyRules,
    @Inject(V4_GENERATION) private readonly generation: V4Generation,
  ) {}

  @Post()
  @CanopsisAnswer(201)
  create(
    @CallerOf() caller: Caller,
    @LocatorOf() locator: Locator,
    @V4Body() body: unknown,
  ): Promise<V4Document> {
    const item = readItem(body, this.rules.of('new', caller));
    const create = () => this.heartbeats.create(item);
    return locator.naming(this.writes.by(caller, 'created', create, idsOf), idOf);
  }

  @Get()
  @CanopsisAnswer()
  async list(
    @SearchParams() query: URLSearchParams,
    @Res({ passthrough: true }) response: AnyResponse,
  ): Promise<JsonAnswer> {
    const asked = readListQuery(query, this.generation, MAX_SEARCH_LENGTH);
    return jsonAnswer(await this.pages.page(asked), response);
  }

  @Get(':id')
  @CanopsisAnswer()
  get(@Param('id') id: string): Promise<V4Document> {
    return this.heartbeats.get(id);
  }

  @Put(':id')
  @CanopsisAnswer()
  replace(
    @CallerOf() caller: Caller,
    @LocatorOf() locator: Locator,
    @Param('id') id: string,
    @V4Body() body: unknown,
  ): Promise<V4Document> {
    const item = readItem(body, this.rules.of('none', caller));
    const replace = () => this.heartbeats.replace(id, item);
    return locator.naming(this.writes.by(caller, 'updated', replace, idsOf), idOf);
  }

  @Delete(':id')
  @CanopsisAnswer(204)
  remove(@CallerOf() caller: Caller, @Param('id') id: string): Promise<void> {
    return this.writes.by(
      caller,
      'removed',
      () => this.heartbeats.remove(id),
      () => [id],
    );
  }
}

const idOf = ({ _id }: V4Document): string => _id;
const idsOf = (document: V4Document): string[] => [idOf(document)];
