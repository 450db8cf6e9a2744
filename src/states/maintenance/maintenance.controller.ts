import { Controller, Delete, Get, Param, Post, Put, UseFilters, UseGuards } from '@nestjs/common';
import { BasicAuthGuard } from '../../auth/basic-auth.guard';
import { CanopsisAnswer, type DoneAnswer } from '../../canopsis/answers';
import type { Maintenance } from '../../domain/maintenance';
import { AuditedWrites } from '../../heartbeat/audited-writes';
import { type Caller, CallerOf } from '../../nest/caller.decorator';
import { CanopsisExceptionFilter } from '../../nest/canopsis-exception.filter';
import { JsonBody } from '../../nest/json-body.decorator';
import { type Locator, LocatorOf } from '../../nest/location';
import { Described } from '../../openapi/described';
import { MaintenanceBodyPipe } from './maintenance-body';
import { MAINTENANCE } from './maintenance.description';
import { type MaintenanceDocument, MaintenanceService } from './maintenance.service';

/** Maintenance windows. */
@Controller('heartbeat-maintenance')
@UseGuards(BasicAuthGuard)
@UseFilters(CanopsisExceptionFilter)
@Described(MAINTENANCE)
export class MaintenanceController {
  constructor(
    private readonly maintenance: MaintenanceService,
    private readonly writes: AuditedWrites,
  ) {}

  @Get()
  @CanopsisAnswer()
  list(): Promise<MaintenanceDocument[]> {
    return this.maintenance.list();
  }

  @Post()
  @CanopsisAnswer()
  create(
    @CallerOf() caller: Caller,
    @LocatorOf() locator: Locator,
    @JsonBody('maintenance', MaintenanceBodyPipe) window: Maintenance,
  ): Promise<DoneAnswer> {
    const create = () => this.maintenance.create(window);
    return locator.naming(this.writes.by(caller, 'created', create, idsOf, WINDOW), idOf);
  }

  @Get(':id')
  @CanopsisAnswer()
  get(@Param('id') id: string): Promise<MaintenanceDocument> {
    return this.maintenance.get(id);
  }

  @Put(':id')
  @CanopsisAnswer()
  replace(
    @CallerOf() caller: Caller,
    @LocatorOf() locator: Locator,
    @Param('id') id: string,
    @JsonBody('maintenance', MaintenanceBodyPipe) window: Maintenance,
  ): Promise<DoneAnswer> {
    const replace = () => this.maintenance.replace(id, window);
    return locator.naming(this.writes.by(caller, 'updated', replace, idsOf, WINDOW), idOf);
  }

  @Delete(':id')
  @CanopsisAnswer()
  remove(@CallerOf() caller: Caller, @Param('id') id: string): Promise<DoneAnswer> {
    return this.writes.by(caller, 'removed', () => this.maintenance.remove(id), idsOf, WINDOW);
  }
}

const WINDOW = { what: 'maintenance' } as const;
const idOf = ({ description }: DoneAnswer): string => description;
const idsOf = (answer: DoneAnswer): string[] => [idOf(answer)];
