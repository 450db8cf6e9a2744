import { Module as NestModule, Type } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import type { Module } from '@nestjs/core/injector/module';
import { HttpDurations } from '../metrics/http-durations';
import { PathExceptionFilter } from './path-exception.filter';
import { RouteTable } from './route-table';
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
      provide: RouteTable,
      inject: [ModulesContainer],
      useFactory: (modules: ModulesContainer) => new RouteTable(controllersOf(modules.values())),
    },
    PathExceptionFilter,
    UnknownRouteFilter,
    HttpDurations,
  ],
  exports: [HttpDurations],
})
export class HttpModule {}
