import { Controller, Get, Res, UseFilters, UseGuards } from '@nestjs/common';
import { BasicAuthGuard } from '../auth/basic-auth.guard';
import { CanopsisAnswer } from '../canopsis/answers';
import { AnyResponse } from '../nest/any-response';
import { JsonAnswer, jsonAnswer } from '../nest/json-answer';
import { CanopsisExceptionFilter } from '../nest/canopsis-exception.filter';
import { V4ExceptionFilter } from '../nest/v4-exception.filter';
import { Described } from './described';
import { ServedDocument } from './served-document';

const DESCRIPTION: Described = {
  tag: { name: 'Description', description: 'This document.' },
  calls: {
    get: {
      id: 'getDescription',
      summary: 'Read this document',
      answer: {
        description: 'An OpenAPI 3.1 document of all calls that the application has.',
        schema: {
          type: 'object',
          required: ['openapi', 'info', 'paths'],
          properties: {
            openapi: { type: 'string' },
            info: { type: 'object' },
            paths: { type: 'object' },
          },
        },
        examples: { shortened: { openapi: '3.1.0', info: { title: 'Canopsis heartbeats' }, paths: {} } },
      },
    },
  },
};

/** `GET heartbeat-openapi.json` below the module's prefix, `api/v2`: what this application serves, as OpenAPI 3.1. */
@Controller('heartbeat-openapi.json')
@UseGuards(BasicAuthGuard)
@UseFilters(CanopsisExceptionFilter)
@Described(DESCRIPTION)
export class OpenApiController {
  constructor(private readonly document: ServedDocument) {}

  @Get()
  @CanopsisAnswer()
  get(@Res({ passthrough: true }) response: AnyResponse): JsonAnswer {
    return jsonAnswer(this.document.text(), response);
  }
}

/** The same below the prefix of version 4, `api/v4`, where version 2 is not served. */
@Controller('heartbeat-openapi.json')
@UseFilters(V4ExceptionFilter)
@Described({ ...DESCRIPTION, version: 'v4' })
export class OpenApiV4Controller extends OpenApiController {}
