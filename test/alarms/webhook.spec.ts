import { once } from 'node:events';
import { type RequestListener, type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import type { OutboxEntry } from '../../src/engine/state/heartbeat-state';
import { WebhookAlarmSink, type WebhookOptions } from '../../src/engine/alarm-sinks/webhook-alarm-sink';

const alarm: OutboxEntry = {
  id: 'a1',
  key: 'heartbeat.heartbeat.check.resource.heartbeats.connector:c1',
  body: '{"connector":"heartbeat","resource":"connector:c1","state":3,"output":"Nö event","timestamp":1700000000}',
};

interface Call {
  method: string | undefined;
  url: string | undefined;
  headers: Record<string, unknown>;
  body: string;
}

describe('the webhook', () => {
  let server: Server;
  let calls: Call[];
  let logged: string[];
  /** How the receiver answers; each test says. */
  let answer: RequestListener;

  beforeEach(async () => {
    calls = [];
    logged = [];
    server = createServer((request, response) => {
      void buffer(request).then((body) => {
        const { method, url, headers } = request;
        calls.push({ method, url, headers, body: body.toString() });
        answer(request, response);
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterEach(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });

  const address = (credentials = ''): string =>
    `http://${credentials}127.0.0.1:${(server.address() as AddressInfo).port}/hook?token=t1`;

  const sink = (options: Partial<WebhookOptions> = {}): WebhookAlarmSink =>
    new WebhookAlarmSink({
      url: address(),
      log: { parallel: 1, deliver: ({ id }) => Promise.resolve(void logged.push(id)) },
      ...options,
    });

  const answerWith =
    (status: number, body = '', headers: Record<string, string> = {}): RequestListener =>
    (_request, response) =>
      void response.writeHead(status, headers).end(body);

  it('gets the alarm event as a POST of JSON, byte for byte, unsigned without a secret', async () => {
    answer = answerWith(200);
    await sink().deliver(alarm);
    expect(calls).toMatchObject([
      {
        method: 'POST',
        url: '/hook?token=t1',
        headers: { 'content-type': 'application/json' },
        body: alarm.body,
      },
    ]);
    expect(calls[0].headers).not.toHaveProperty('x-heartbeat-signature');
    expect(calls[0].headers).not.toHaveProperty('authorization');
  });

  it('gets the HMAC-SHA256 of the body, here one that was computed by OpenSSL', async () => {
    answer = answerWith(200);
    await sink({ secret: "It's a secret to everybody" }).deliver({ ...alarm, body: 'Hello, World!' });
    expect(calls[0].headers['x-heartbeat-signature']).toBe(
      'sha256=1fe2d60741c8276b3394633e8f88b2eb6d0aead0ec5502e6c60037385b97ebd3',
    );
  });

  it('gets the credentials of its URL in the header that HTTP has for them', async () => {
    answer = answerWith(200);
    await sink({ url: address('us%20er:p%3Aw%2F@') }).deliver(alarm);
    expect(calls[0].headers.authorization).toBe(`Basic ${Buffer.from('us er:p:w/').toString('base64')}`);
  });

  it.each([200, 201, 202, 204, 299])('has the alarm when it answers %i', async (status) => {
    answer = answerWith(status, status === 204 ? '' : 'thanks');
    await expect(sink().deliver(alarm)).resolves.toBeUndefined();
  });

  it.each([400, 404, 410, 429, 500, 503])('does not have the alarm when it answers %i', async (status) => {
    answer = answerWith(status, 'no');
    await expect(sink().deliver(alarm)).rejects.toThrow(`webhook answered ${status}`);
  });

  it('has the alarm when it answers 500 first and 200 to the next attempt; the log says it once', async () => {
    const one = sink();
    answer = answerWith(500);
    await expect(one.deliver(alarm)).rejects.toThrow('webhook answered 500');
    answer = answerWith(200);
    await one.deliver(alarm);
    expect(calls.map(({ body }) => body)).toEqual([alarm.body, alarm.body]);
    expect(logged).toEqual(['a1']);
  });

  it.each([301, 302, 303, 307, 308])('is not looked for elsewhere when it answers %i', async (status) => {
    answer = answerWith(status, '', { Location: '/elsewhere' });
    await expect(sink().deliver(alarm)).rejects.toThrow(`webhook answered ${status}`);
    expect(calls).toHaveLength(1);
  });

  it('does not have the alarm when it never answers', async () => {
    answer = () => undefined;
    await expect(sink({ limitMs: 50 }).deliver(alarm)).rejects.toThrow('webhook gave no answer within 50 ms');
  });

  it('has the alarm when it answers 200 and its body never ends', async () => {
    answer = (_request, response) => void response.writeHead(200).write('x');
    await expect(sink({ limitMs: 50 }).deliver(alarm)).resolves.toBeUndefined();
  });

  it('has the alarm when it answers 200 and more than anybody wants to read', async () => {
    answer = (_request, response) => {
      const write = (): boolean => response.write('x'.repeat(16 * 1024)) && write();
      response.on('drain', write).writeHead(200);
      write();
    };
    await expect(sink({ limitMs: 20_000 }).deliver(alarm)).resolves.toBeUndefined();
  });

  it('is not called over a new connection each time', async () => {
    const ports = new Set<number | undefined>();
    answer = (request, response) => {
      ports.add(request.socket.remotePort);
      response.end('{"ok":true}');
    };
    const one = sink();
    for (let i = 0; i < 20; i += 1) await one.deliver(alarm);
    // A second one opens where the first is not free yet.
    expect(ports.size).toBeLessThan(10);
  });

  it('can be away; what is said of that holds neither its URL nor its credentials', async () => {
    const one = sink({ url: address('user:hunter2@') });
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
    const failure = await one.deliver(alarm).catch((error: unknown) => error);
    expect((failure as Error).message).toBe('webhook cannot be reached: ECONNREFUSED');
    expect(JSON.stringify(failure, Object.getOwnPropertyNames(failure))).not.toMatch(/hunter2|t1/);
    server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
  });

  it('can break off; that is a failure too', async () => {
    answer = (request) => void request.socket.destroy();
    await expect(sink().deliver(alarm)).rejects.toThrow(/^webhook cannot be reached/);
  });
});
