import { once } from 'node:events';
import { type Server, createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { WebhookAlarmSink } from '../../src/engine/alarms/webhook-alarm-sink';

const alarm = { id: 'a1', key: 'k', body: '{"state":3}' };

describe('a webhook behind a proxy', () => {
  let proxy: Server;
  let address: string;
  const sockets = new Set<Socket>();

  beforeEach(async () => {
    proxy = createServer().listen(0, '127.0.0.1');
    proxy.on('connection', (socket: Socket) => sockets.add(socket));
    await once(proxy, 'listening');
    address = `http://us%20er:p%3Aw@127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  });
  afterEach(async () => {
    for (const socket of sockets) socket.destroy();
    proxy.close();
    await once(proxy, 'close');
  });

  const sink = (url: string, none?: string): WebhookAlarmSink =>
    new WebhookAlarmSink({ url, proxies: { http: address, https: address, none }, limitMs: 20_000 });
  const credentials = `Basic ${Buffer.from('us er:p:w').toString('base64')}`;

  it('is asked for by its whole address, without its credentials', async () => {
    const asked: unknown[] = [];
    proxy.on('request', (request, response) => {
      const { method, url, headers } = request;
      void text(request).then((body) => {
        asked.push([method, url, headers.host, headers['proxy-authorization'], headers.authorization, body]);
        response.end();
      });
    });
    await sink('http://u:p@hooks.invalid:81/x?y=1').deliver(alarm);
    const basic = `Basic ${Buffer.from('u:p').toString('base64')}`;
    expect(asked).toEqual([
      ['POST', 'http://hooks.invalid:81/x?y=1', 'hooks.invalid:81', credentials, basic, alarm.body],
    ]);
  });

  it('gets what is encrypted through a tunnel, of which the proxy sees nothing', async () => {
    const asked: unknown[] = [];
    proxy.on('connect', (request, socket: Socket) => {
      asked.push([request.url, request.headers['proxy-authorization']]);
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      socket.once('data', (bytes: Buffer) => {
        // A handshake of TLS (RFC 8446), which names its host.
        asked.push(bytes[0], bytes.includes('hooks.invalid'));
        socket.destroy();
      });
    });
    await expect(sink('https://hooks.invalid/secret').deliver(alarm)).rejects.toThrow(
      /^webhook cannot be reached/,
    );
    expect(asked).toEqual([['hooks.invalid:443', credentials], 22, true]);
  });

  it('is not reached where the proxy refuses; what is said of that holds no credentials', async () => {
    proxy.on('connect', (_request, socket: Socket) => socket.end('HTTP/1.1 407 No\r\n\r\n'));
    await expect(sink('https://hooks.invalid/').deliver(alarm)).rejects.toThrow(
      /^webhook cannot be reached: PROXY_407$/,
    );
  });

  it('is called without the proxy where NO_PROXY names it', async () => {
    let asked = 0;
    proxy.on('request', () => (asked += 1));
    await expect(sink('http://hooks.invalid/', 'invalid').deliver(alarm)).rejects.toThrow(
      /ENOTFOUND|EAI_AGAIN/,
    );
    expect(asked).toBe(0);
  });
});
