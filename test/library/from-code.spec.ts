import { Body, Controller, Get, type INestApplication, Param, Post, Put, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { MongooseModule } from '@nestjs/mongoose';
import { ExpressAdapter } from '@nestjs/platform-express';
import {
  HeartbeatDto,
  HeartbeatEngineModule,
  HeartbeatHealthIndicator,
  HeartbeatModule,
  HeartbeatService,
  type PauseRequest,
  PauseService,
  StateService,
} from '../../src';
import { send } from '../support/application';
import { type TestDatabase, startTestDatabase } from '../support/database';

const HEARTBEAT = { pattern: { connector: 'c1' }, expected_interval: '1h' };
const heartbeats = HeartbeatModule.forRoot({ guard: false });
const engine = HeartbeatEngineModule.forRoot({ heartbeats, tickMs: 20 });

/** The host's own calls, without any filter of ours. */
@Controller('own')
class OwnController {
  constructor(
    private readonly service: HeartbeatService,
    private readonly states: StateService,
    private readonly pauses: PauseService,
  ) {}

  @Post()
  create(@Body() body: HeartbeatDto): unknown {
    return this.service.create(body);
  }

  @Put(':id/pause')
  pause(@Param('id') id: string, @Body() body: object): unknown {
    return this.pauses.pause(id, body);
  }

  @Get(':id')
  get(@Param('id') id: string): unknown {
    return this.states.get(id);
  }
}

describe('the services, from the code of a host', () => {
  let database: TestDatabase;
  let app: INestApplication;
  let service: HeartbeatService;

  beforeAll(async () => {
    database = await startTestDatabase();
    class Host {}
    Module({
      imports: [MongooseModule.forRoot(database.uri), heartbeats, engine],
      controllers: [OwnController],
    })(Host);
    app = await NestFactory.create(Host, new ExpressAdapter(), { logger: false, abortOnError: false });
    await app.listen(0, '127.0.0.1');
    service = app.get(HeartbeatService, { strict: false });
  });
  afterAll(async () => {
    await app.close();
    await database.close();
  });

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['a list', []],
    ['no pattern', { expected_interval: '1h' }],
    ['an interval that is none', { ...HEARTBEAT, expected_interval: 'soon' }],
    ['a name that is no text', { ...HEARTBEAT, name: 7 }],
  ])('store nothing that is no heartbeat: %s', async (_, given) => {
    const refused = { status: 400, body: { name: '', description: 'invalid heartbeat payload.' } };
    await expect(service.create(given as HeartbeatDto)).rejects.toMatchObject(refused);
    await expect(service.replace('x', given as HeartbeatDto)).rejects.toMatchObject(refused);
    expect(await service.list()).toEqual([]);
  });

  it("take an object for an id as nobody's", async () => {
    const { description: id } = await service.create(HEARTBEAT);
    const anyone = { $ne: null } as unknown as string;
    for (const call of [
      service.get(anyone),
      service.remove(anyone),
      service.replace(anyone, HEARTBEAT),
      app.get(StateService, { strict: false }).get(anyone),
    ]) {
      await expect(call).rejects.toMatchObject({ status: 404 });
    }
    expect(await service.page({ limit: 1 })).toMatchObject({
      meta: { page: 1, per_page: 1, total_count: 1 },
    });
    await expect(service.page({ limit: 0 })).rejects.toThrow('invalid query parameter: limit.');
    expect(await service.remove(id)).toEqual({ name: 'heartbeat removed', description: id });
  });

  it('pause heartbeats, and end it, by the rules of the API', async () => {
    const pauses = app.get(PauseService, { strict: false });
    const states = app.get(StateService, { strict: false });
    const { description: id } = await service.create({ ...HEARTBEAT, pattern: { connector: 'paused' } });
    const until = Math.floor(Date.now() / 1_000) + 3_600;
    expect(await pauses.pause(id, { until, reason: 'new disks' })).toEqual({
      ...{ name: 'heartbeat paused', description: id },
    });
    expect(await states.get(id)).toMatchObject({ state: 'paused', deadline: until, reason: 'new disks' });
    expect(await pauses.resume(id)).toEqual({ name: 'heartbeat resumed', description: id });
    expect((await states.get(id)).state).toBe('waiting');
    for (const wrong of [undefined, [], { until: 1 }, { until: Number.NaN }, { until: '1h' }, { reason: 7 }])
      await expect(pauses.pause(id, wrong as PauseRequest)).rejects.toMatchObject({
        ...{ status: 400, body: { name: '', description: 'invalid pause payload.' } },
      });
    const anyone = { $ne: null } as unknown as string;
    for (const call of [pauses.pause('none', {}), pauses.pause(anyone, {}), pauses.resume(anyone)])
      await expect(call).rejects.toMatchObject({ status: 404 });
    expect((await states.get(id)).state).toBe('waiting');
    const own = async (of: string, json: object): Promise<number> =>
      (await send(await app.getUrl(), 'PUT', `/own/${of}/pause`, { auth: null, json })).status;
    expect([await own('none', {}), await own(id, { until: 1 }), await own(id, {})]).toEqual([404, 400, 200]);
    await service.remove(id);
  });

  it('fail with the right status in the controllers of the host', async () => {
    const url = await app.getUrl();
    expect(await send(url, 'GET', '/own/none', { auth: null })).toMatchObject({
      status: 404,
      json: { message: 'heartbeat not found' },
    });
    expect(await send(url, 'POST', '/own', { auth: null, json: { pattern: {} } })).toMatchObject({
      status: 400,
    });
  });

  it('tell terminus how they are', async () => {
    const indicator = app.get(HeartbeatHealthIndicator, { strict: false });
    expect(await indicator.isHealthy('heartbeats')).toEqual({
      heartbeats: { status: 'up', database: 'up', broker: 'none', engine: 'up' },
    });
  });
});
