import {
  Controller,
  Get,
  type INestApplication,
  type NestInterceptor,
  Module,
  Param,
  StreamableFile,
} from '@nestjs/common';
import { MongooseModule } from '@nestjs/mongoose';
import { map } from 'rxjs';
import {
  HeartbeatEngineModule,
  HeartbeatModule,
  HeartbeatService,
  PlainUsers,
  applyCanopsisFormat,
} from '../../src';
import type { HttpFramework } from '../../src/http/adapters';
import { HEARTBEATS, heartbeat } from '../support/canopsis';
import { send } from '../support/application';
import { startTestDatabase, type TestDatabase } from '../support/database';
import { OpenToAll, startHost } from './host';

/** What many hosts put around every answer. */
const ENVELOPE: NestInterceptor = {
  intercept: (_context, next) =>
    next.handle().pipe(map((data: unknown) => (data instanceof StreamableFile ? data : { ok: true, data }))),
};

describe.each<HttpFramework>(['fastify', 'express'])('code of a host on %s', (framework) => {
  let database: TestDatabase;
  let app: INestApplication;

  @Controller('own')
  @OpenToAll()
  class OwnController {
    constructor(private readonly heartbeats: HeartbeatService) {}

    @Get(':id')
    get(@Param('id') id: string): Promise<object> {
      return this.heartbeats.get(id);
    }
  }

  beforeAll(async () => {
    database = await startTestDatabase();
    const users = new PlainUsers(new Map([['root', 'root']]));
    const heartbeats = HeartbeatModule.forRoot({ users, decorators: [OpenToAll()] });
    @Module({ imports: [heartbeats], controllers: [OwnController] })
    class OwnModule {}
    const engine = HeartbeatEngineModule.forRoot({ heartbeats, tickMs: 20 });
    const imports = [MongooseModule.forRoot(database.uri), heartbeats, engine, OwnModule];
    app = await startHost(framework, imports as never, (host) => {
      applyCanopsisFormat(host);
      host.useGlobalInterceptors(ENVELOPE);
    });
  });
  afterAll(async () => {
    await app.close();
    await database.close();
  });

  const call = async (method: string, path: string, json?: object) =>
    send(await app.getUrl(), method, path, { auth: 'root:root', ...(json && { json }) });

  it('gets objects in its interceptors, never text', async () => {
    const created = await call('POST', HEARTBEATS, heartbeat());
    expect(created.json).toMatchObject({ ok: true, data: { name: 'heartbeat created' } });
    const { description: id } = (created.json as { data: { description: string } }).data;
    for (const [path, data] of [
      [HEARTBEATS, [{ _id: id }]],
      [`${HEARTBEATS}?page=1`, { data: [{ _id: id }] }],
      ['/api/v4/heartbeats', { data: [{ _id: id }] }],
      ['/api/v2/heartbeat-openapi.json', { openapi: '3.1.0' }],
      ['/api/v2/heartbeat-state', [{ _id: id }]],
    ] as const) {
      const answer = await call('GET', path);
      expect([path, answer.status]).toEqual([path, 200]);
      expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
      expect(answer.json).toMatchObject({ ok: true, data });
    }
  });

  it('gets refusals as exceptions of Nest’s, with their status, in its filters', async () => {
    const answer = await call('GET', '/own/none');
    expect([answer.status, answer.json]).toEqual([404, { host: 'says no', status: 404 }]);
  });
});
