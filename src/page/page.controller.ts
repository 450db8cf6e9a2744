import { Controller, Get, Param, Req, Res, type Type, UseFilters } from '@nestjs/common';
import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { routeNotFound } from '../canopsis/canopsis-error';
import { CanopsisExceptionFilter } from '../nest/canopsis-exception.filter';
import { AnyResponse } from '../nest/any-response';
import { nodeRequest } from '../nest/node-request';
import { OpenCall } from '../nest/open-call';
import { type PageAnswer, assetAnswer, pageAnswer, slashAnswer } from './page-answer';
import { PageStore } from './page-store';

/** The page and the files that it loads: nothing in them needs credentials, whatever they show comes from the API. */
@Controller()
@UseFilters(CanopsisExceptionFilter)
export class PageController {
  constructor(private readonly store: PageStore) {}

  @Get()
  @OpenCall()
  async page(@Req() request: IncomingMessage, @Res() response: AnyResponse): Promise<void> {
    const files = await this.store.files();
    if (files === undefined) throw routeNotFound();
    const { url = '/' } = nodeRequest(request);
    const [path = ''] = url.split('?');
    answer(response, path.endsWith('/') ? pageAnswer(files, request.headers) : slashAnswer(url));
  }

  @Get('assets/:file')
  @OpenCall()
  async asset(
    @Param('file') file: string,
    @Req() request: IncomingMessage,
    @Res() response: AnyResponse,
  ): Promise<void> {
    const files = await this.store.files();
    const found = files && assetAnswer(files, file, request.headers);
    if (found === undefined) throw routeNotFound();
    answer(response, found);
  }
}

/**
 * Makes the page be found with the slash at the end as well. Nest takes it from every route, and a Fastify that is not told to
 * ignore it then knows none with it; but a wildcard may be empty there. Express knows both.
 * @param controller a module's own copy, below a path that is not empty; before its routes are registered
 */
export function withSlash(controller: Type<PageController>, framework: string): void {
  if (framework !== 'fastify') return;
  class PageWithSlash {
    @Get('*')
    @OpenCall()
    async pageWithSlash(
      this: PageController,
      @Param('*') rest: string,
      @Req() request: IncomingMessage,
      @Res() response: AnyResponse,
    ): Promise<void> {
      if (rest !== '') throw routeNotFound();
      await this.page(request, response);
    }
  }
  const name = 'pageWithSlash';
  const handler = Object.getOwnPropertyDescriptor(PageWithSlash.prototype, name);
  if (handler) Object.defineProperty(controller.prototype, name, handler);
  const parameters: unknown = Reflect.getMetadata(ROUTE_ARGS_METADATA, PageWithSlash, name);
  Reflect.defineMetadata(ROUTE_ARGS_METADATA, parameters, controller, name);
}

/** Nest's own way takes bytes for an object to be written as JSON. */
function answer(response: AnyResponse, { status, headers, body }: PageAnswer): void {
  if ('raw' in response) {
    const reply = response as unknown as FastifyLike;
    reply.code(status).headers(headers).send(body);
    return;
  }
  const length = body && { 'Content-Length': String(body.length) };
  for (const [name, value] of Object.entries({ ...headers, ...length })) response.setHeader(name, value);
  response.statusCode = status;
  (response satisfies ServerResponse).end(body);
}

interface FastifyLike {
  code(status: number): FastifyLike;
  headers(headers: Readonly<Record<string, string>>): FastifyLike;
  send(body: Buffer | undefined): void;
}
