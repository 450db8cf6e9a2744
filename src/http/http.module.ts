import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { CanopsisExceptionFilter } from '../canopsis/canopsis-exception.filter';
import { MethodTable } from './method-table';
import { UnknownRouteFilter } from './unknown-route.filter';

/** What the standalone application's HTTP server needs besides its routes. */
@Module({
  imports: [DiscoveryModule],
  providers: [MethodTable, CanopsisExceptionFilter, UnknownRouteFilter],
})
export class HttpModule {}
