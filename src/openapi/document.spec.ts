import 'reflect-metadata';
import { Controller, Delete, Get, Post, type Type } from '@nestjs/common';
import { type Call, Described } from './described';
import { openApiDocument } from './document';

const call = (id: string): Call => ({
  id,
  summary: 'Do it',
  answer: { description: 'Done.', schema: { type: 'object' }, examples: { done: {} } },
});
const tag = { name: 'Things', description: 'All of them.' };
const parameters = { id: { description: 'Which.', type: 'string' } };

@Controller('things')
@Described({ tag, parameters, calls: { read: call('readThing'), remove: call('removeThing') } })
class Things {
  @Get(':id')
  read(): void {}

  @Delete(':id')
  remove(): void {}
}

@Controller('others')
class NotOurs {
  @Get()
  read(): void {}
}

@Controller('more')
@Described({ tag, calls: {} })
class Forgotten {
  @Post()
  create(): void {}
}

@Controller('less')
@Described({ tag, calls: { create: call('createThing') } })
class Gone {}

@Controller('unknown/:what')
@Described({ tag, parameters, calls: { read: call('readUnknown') } })
class UnknownParameter {
  @Get()
  read(): void {}
}

describe('an OpenAPI document', () => {
  const make = (...controllers: Type<object>[]): ReturnType<typeof openApiDocument> =>
    openApiDocument({ controllers, prefix: 'api', guarded: true });

  it('has the routes of the controllers that are described, below their prefix', () => {
    const { paths } = make(NotOurs, Things);
    expect(Object.keys(paths)).toEqual(['/api/things/{id}']);
    expect(paths['/api/things/{id}']).toMatchObject({
      get: { operationId: 'readThing', parameters: [{ name: 'id', in: 'path', required: true }] },
      delete: { operationId: 'removeThing' },
    });
  });

  it('says that a write may be refused to who only reads', () => {
    const { get, delete: remove } = make(Things).paths['/api/things/{id}'] ?? {};
    expect(get?.responses).not.toHaveProperty('403');
    expect(remove?.responses).toHaveProperty('403');
  });

  it('says nothing of credentials where the host asks for them in its own way', () => {
    const document = openApiDocument({ controllers: [Things], guarded: false });
    const { delete: remove } = document.paths['/things/{id}'] ?? {};
    expect(remove).not.toHaveProperty('security');
    for (const status of ['401', '403', '429']) expect(remove?.responses).not.toHaveProperty(status);
    expect(document.components).not.toHaveProperty('securitySchemes');
  });

  it('is the same in whatever order the controllers come', () => {
    expect(JSON.stringify(make(Things, NotOurs))).toBe(JSON.stringify(make(NotOurs, Things)));
  });

  it.each([
    ['a route that is not described', Forgotten, 'POST /api/more is not described'],
    ['a description without a route', Gone, 'no route is handled by create'],
    ['a parameter that is not described', UnknownParameter, 'the parameter what is not described'],
  ])('is not made with %s', (_what, controller, message) => {
    expect(() => make(controller)).toThrow(message);
  });
});
