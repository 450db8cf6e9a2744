import { ArgumentsHost, Catch, Injectable, NotFoundException } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { methodNotAllowed, routeNotFound } from '../canopsis/canopsis-error';
import { PathExceptionFilter } from './path-exception.filter';
import { RouteTable } from './route-table';
import { requestPath } from './request-path';

/** Tells a path that no route has from one that does not have this method: Nest says 404 for both. */
@Catch(NotFoundException)
@Injectable()
export class UnknownRouteFilter extends PathExceptionFilter {
  constructor(
    host: HttpAdapterHost,
    private readonly methods: RouteTable,
  ) {
    super(host);
  }

  override catch(_thrown: NotFoundException, context: ArgumentsHost): void {
    const { url } = context.switchToHttp().getRequest<{ url: string }>();
    const allowed = this.methods.allowed(requestPath(url));
    super.catch(allowed.length > 0 ? methodNotAllowed(allowed) : routeNotFound(), context);
  }
}
