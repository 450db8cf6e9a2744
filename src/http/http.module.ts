import { Module as NestModule, Type } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import type { Module } from '@nestjs/core/injector/module';
import { CanopsisExceptionFilter } from '../canopsis/canopsis-exception.filter';
import { HttpDurations } from '../metrics/http-durations';
import { MethodTable } from './method-table';
import { UnknownRouteFilter } from './unknown-route.filter';

/** The classes of all controllers in these modules. */
export const controllersOf = (modules: Iterable<Module>): Type<object>[] =>
  [...modules].flatMap(({ controllers }) =>
    [...controllers.values()].map(({ metatype }) => metatype as Type<object>),
  );

/** What the standalone application's HTTP server needs besides its routes. */
@NestModule({
  providers: [
    {
      provide: MethodTable,
      inject: [ModulesContainer],
      useFactory: (modules: ModulesContainer) => new MethodTable(controllersOf(modules.values())),
    },
    CanopsisExceptionFilter,
    UnknownRouteFilter,
    HttpDurations,
  ],
  exports: [HttpDurations],
})
export class HttpModule {}
