import { type INestApplication, Logger, Module } from '@nestjs/common';
import type { Server } from 'node:http';
import { authProviders } from '../../src/auth/auth.providers';
import { RateLimits } from '../../src/auth/rate-limits';
import { PlainUsers } from '../../src/auth/plain-users';
import { USERS } from '../../src/auth/users';
import { mounted } from '../../src/nest/mounted';
import { EventController } from '../../src/events/event.controller';
import { EventV4Controller } from '../../src/events/event-v4.controller';
import { EventService } from '../../src/events/event.service';
import { LimitedEvents } from '../../src/events/limited-events';
import { EVENT_TRANSPORT, type EventDelivery, type EventTransport } from '../../src/events/event-transport';
import { InProcessTransport } from '../../src/events/in-process/in-process.transport';
import type { HttpFramework } from '../../src/http/adapters';
import { EVENT_METRICS, NO_EVENT_METRICS } from '../../src/events/event-metrics';
import { createHttpApplication } from '../../src/http/http-application';
import { HttpModule } from '../../src/http/http.module';
import { type Answer, type RequestOptions, send } from '../support/application';
import { expectAnswer } from '../support/canopsis';

const EVENTS = '/api/v2/event';
const event = {
  connector: 'c',
  connector_name: 'n',
  event_type: 'check',
  component: 'host',
  resource: 'disk',
};
const sent = { ...event, source_type: 'resource' };

@Module({
  imports: [HttpModule],
  controllers: [
    mounted(EventController, { prefix: 'api/v2' }),
    mounted(EventV4Controller, { prefix: 'api/v4' }),
  ],
  providers: [
    ...authProviders({ provide: USERS, useValue: new PlainUsers(new Map([['root', 'root']])) }),
    { provide: EVENT_TRANSPORT, useFactory: () => new InProcessTransport(10) },
    { provide: EVENT_METRICS, useValue: NO_EVENT_METRICS },
    EventService,
    LimitedEvents,
    RateLimits,
  ],
})
class TestRoot {}

describe.each<HttpFramework>(['fastify', 'express'])('POST /api/v2/event on %s', (framework) => {
  let app: INestApplication<Server>;
  let engineSaw: EventDelivery[];
  let storing: boolean;

  beforeAll(async () => {
    app = await createHttpApplication({ module: TestRoot }, framework, false);
    await app.listen(0, '127.0.0.1');
    await app.get<EventTransport>(EVENT_TRANSPORT, { strict: false }).consume((delivery) => {
      engineSaw.push(delivery);
      if (storing) delivery.ack();
    });
    jest.spyOn(Logger.prototype, 'debug').mockReturnValue();
  });

  beforeEach(() => {
    engineSaw = [];
    storing = true;
  });

  afterAll(async () => {
    await app.close();
    jest.restoreAllMocks();
  });

  const post = async (options: RequestOptions, path = EVENTS): Promise<Answer> =>
    send(await app.getUrl(), 'POST', path, options);

  it('hands the event to the engine, then answers', async () => {
    expectAnswer(await post({ json: event }), [
      200,
      { sent_events: [sent], retry_events: [], failed_events: [] },
    ]);
    expect(engineSaw.map((delivery) => delivery.event)).toEqual([sent]);
  });

  it('takes an array, and sorts out what cannot be sent', async () => {
    const bad = { ...event, component: '' };
    expectAnswer(await post({ json: [event, bad, 7] }), [
      200,
      { sent_events: [sent], retry_events: [], failed_events: [bad, 7] },
    ]);
  });

  it.each([EVENTS, '/api/v4/event'])('echoes in %s the digits that were sent', async (path) => {
    const text =
      '{"connector":"c","connector_name":"n","event_type":"check","component":"host","a":18446744073709551615,"b":1.0,"c":[1e400, -0]}';
    const echo = text.replace(/}$/, ',"source_type":"component"}');
    const headers = { 'Content-Type': 'application/json' };
    const single = await post({ body: text, headers }, path);
    expect(single.text).toBe(`{"sent_events":[${echo}],"retry_events":[],"failed_events":[]}`);
    const failed = ['1.0', '{"connector":"c","n":1e400}', '9007199254740993'];
    const many = await post({ body: `[ ${text} ,${failed.join(' , ')},${text}]`, headers }, path);
    expect(many.text).toBe(
      `{"sent_events":[${echo},${echo}],"retry_events":[],"failed_events":[${failed.join(',')}]}`,
    );
    expect(many.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(engineSaw).toHaveLength(3);
  });

  it('tells of events to be sent again while the engine cannot store them', async () => {
    storing = false;
    expectAnswer(await post({ json: event }), [
      200,
      { sent_events: [], retry_events: [sent], failed_events: [] },
    ]);
    engineSaw.forEach((delivery) => delivery.ack());
  });

  it.each(['{"a":', '', Buffer.from([0x22, 0xff, 0x22])])('refuses malformed JSON', async (body) => {
    const answer = await post({ body, headers: { 'Content-Type': 'application/json' } });
    expectAnswer(answer, [400, { name: '', description: 'invalid json.' }]);
  });

  it('refuses JSON that is no event', async () => {
    expectAnswer(await post({ json: 3 }), [400, { name: '', description: 'invalid event payload.' }]);
  });

  it('refuses what cannot be echoed for its depth', async () => {
    const body = `{"a":${'['.repeat(400_000)}${']'.repeat(400_000)}}`;
    const answer = await post({ body, headers: { 'Content-Type': 'application/json' } });
    expectAnswer(answer, [400, { name: '', description: 'invalid event payload.' }]);
  });

  it('refuses another content type', async () => {
    const answer = await post({ body: JSON.stringify(event), headers: { 'Content-Type': 'text/plain' } });
    expectAnswer(answer, [400, { name: '', description: 'invalid event payload.' }]);
  });

  it('refuses a client without credentials', async () => {
    expectAnswer(await post({ json: event, auth: null }), [
      401,
      { name: '', description: 'authentication required.' },
    ]);
  });
});
