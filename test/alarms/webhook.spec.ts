import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { type RequestListener, type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import type { OutboxEntry } from '../../src/states/outbox-fields';
import type { ReceiverBusyError } from '../../src/engine/alarms/alarm-sink';
import type { WebhookOptions } from '../../src/engine/alarms/receiver-options';
import { WebhookAlarmSink } from '../../src/engine/alarms/webhook-alarm-sink';
import { at } from '../support/at';

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
  /** How the receiver answers; each test says. */
  let answer: RequestListener;

  beforeEach(async () => {
    calls = [];
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
    expect(at(calls, 0).headers).not.toHaveProperty('x-heartbeat-signature');
    expect(at(calls, 0).headers).not.toHaveProperty('authorization');
  });

  it('gets the HMAC-SHA256 of the body, here one that was computed by OpenSSL', async () => {
    answer = answerWith(200);
    await sink({ secret: "It's a secret to everybody" }).deliver({ ...alarm, body: 'Hello, World!' });
    expect(at(calls, 0).headers['x-heartbeat-signature']).toBe(
      'sha256=1fe2d60741c8276b3394633e8f88b2eb6d0aead0ec5502e6c60037385b97ebd3',
    );
  });

  it('gets who and when beside it: heartbeat, delivery, time, signed, and the headers that were set', async () => {
    answer = answerWith(200);
    const source = { id: 'a b/é', name: () => Promise.resolve('Nacht\ud800 1%') };
    const began = Math.floor(Date.now() / 1_000);
    await sink({ secret: 'k', headers: { 'X-Site': 'north', Authorization: 'Bearer t' } }).deliver(
      alarm,
      source,
    );
    const { headers } = at(calls, 0);
    expect(headers).toMatchObject({
      'user-agent': expect.stringMatching(/^canopsis-heartbeat\/\d+\.\d+\.\d+/) as string,
      'x-heartbeat-id': 'a%20b%2F%C3%A9',
      'x-heartbeat-name': 'Nacht%EF%BF%BD%201%25',
      'x-heartbeat-delivery': 'a1',
      'x-site': 'north',
      authorization: 'Bearer t',
    });
    const timestamp = String(headers['x-heartbeat-timestamp']);
    expect(Number(timestamp)).toBeGreaterThanOrEqual(began);
    expect(Number(timestamp)).toBeLessThanOrEqual(Date.now() / 1_000);
    const hmac = createHmac('sha256', 'k').update(`a1.${timestamp}.${alarm.body}`).digest('hex');
    expect(headers['x-heartbeat-signature-v2']).toBe(`sha256=${hmac}`);
  });

  it('is not named a heartbeat without a name, nor one whose id fills a header', async () => {
    answer = answerWith(200);
    const source = { id: 'x'.repeat(5_000), name: () => Promise.resolve(undefined) };
    await sink().deliver(alarm, source);
    expect(Object.keys(at(calls, 0).headers).filter((name) => /heartbeat-(id|name)/.test(name))).toEqual([]);
  });

  it('cannot be given headers that cannot be sent', () => {
    expect(() => sink({ headers: { 'a b': 'c' } })).toThrow();
    expect(() => sink({ headers: { a: 'b\nc' } })).toThrow();
  });

  it('gets the credentials of its URL in the header that HTTP has for them', async () => {
    answer = answerWith(200);
    await sink({ url: address('us%20er:p%3Aw%2F@') }).deliver(alarm);
    expect(at(calls, 0).headers.authorization).toBe(`Basic ${Buffer.from('us er:p:w/').toString('base64')}`);
  });

  it.each([200, 201, 202, 204, 299])('has the alarm when it answers %i', async (status) => {
    answer = answerWith(status, status === 204 ? '' : 'thanks');
    await expect(sink().deliver(alarm)).resolves.toBeUndefined();
  });

  it.each([400, 404, 410, 429, 500, 503])('does not have the alarm when it answers %i', async (status) => {
    answer = answerWith(status, 'no');
    await expect(sink().deliver(alarm)).rejects.toThrow(`webhook answered ${status}`);
  });

  it.each([
    ['120', 120_000],
    ['0', 0],
    ['999999', 3_600_000],
    [new Date(Date.now() - 10_000).toUTCString(), 0],
  ])('is left alone for as long as it asks with Retry-After: %s, an hour at most', async (asks, waitMs) => {
    answer = answerWith(503, '', { 'Retry-After': asks });
    await expect(sink().deliver(alarm)).rejects.toMatchObject({
      name: 'ReceiverBusyError',
      message: 'webhook answered 503',
      waitMs,
    });
  });

  it('is left alone until a date that it names', async () => {
    answer = answerWith(429, '', { 'Retry-After': new Date(Date.now() + 60_000).toUTCString() });
    const busy = (await sink()
      .deliver(alarm)
      .catch((error: unknown) => error)) as ReceiverBusyError;
    expect(busy.waitMs).toBeGreaterThan(30_000);
    expect(busy.waitMs).toBeLessThanOrEqual(60_000);
  });

  it.each([400, 413, 422])('refuses this very alarm with %i', async (status) => {
    answer = answerWith(status);
    await expect(sink().deliver(alarm)).rejects.toMatchObject({ name: 'AlarmRefusedError', forGood: false });
  });

  it.each([401, 404, 429, 500])(
    'refuses alarms in general with %i, also where it says nonsense of when',
    async (status) => {
      answer = answerWith(status, '', { 'Retry-After': 'soon' });
      await expect(sink().deliver(alarm)).rejects.toMatchObject({ name: 'Error' });
    },
  );

  it('has the alarm when it answers 500 first and 200 to the next attempt', async () => {
    const one = sink();
    answer = answerWith(500);
    await expect(one.deliver(alarm)).rejects.toThrow('webhook answered 500');
    answer = answerWith(200);
    await one.deliver(alarm);
    expect(calls.map(({ body }) => body)).toEqual([alarm.body, alarm.body]);
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

  it('is called on a port that browsers do not call', async () => {
    const listening = (port: number): Promise<Server | undefined> =>
      new Promise((resolve) => {
        const other = createServer((_request, response) => void response.end());
        other.on('error', () => resolve(undefined)).listen(port, '127.0.0.1', () => resolve(other));
      });
    let other: Server | undefined;
    let port = 0;
    // Whichever of them nobody has.
    for (port of [6665, 6666, 6667, 6668, 6669, 10080]) if ((other = await listening(port))) break;
    await sink({ url: `http://127.0.0.1:${port}/` }).deliver(alarm);
    other?.closeAllConnections();
    other?.close();
  });

  it('can break off; that is a failure too', async () => {
    answer = (request) => void request.socket.destroy();
    await expect(sink().deliver(alarm)).rejects.toThrow(/^webhook cannot be reached/);
  });
});
