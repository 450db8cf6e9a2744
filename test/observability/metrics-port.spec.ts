import { Logger } from '@nestjs/common';
import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PROTECTIVE_HEADERS } from '../../src/http/protective-headers';
import { ApplicationMetrics } from '../../src/metrics/application-metrics';
import { listenForMetrics } from '../../src/observability/metrics-server';
import { type Exchange, exchange, request } from '../support/raw-http';

describe('the port of the metrics', () => {
  let server: Server;
  const text = jest.fn<Promise<string>, []>();
  beforeEach(async () => {
    text.mockResolvedValue('some 1\n');
    server = await listenForMetrics({ text }, { host: '127.0.0.1', port: 0 });
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    server.close().closeAllConnections();
    await once(server, 'close');
  });

  const send = (bytes: string): Promise<Exchange> =>
    exchange(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, bytes);

  it.each([
    ['the metrics', 'GET /metrics', [], 200],
    ['another path', 'GET /', [], 404],
    ['another method', 'POST /metrics', [], 405],
    ['an expectation', 'GET /metrics', ['Expect: miracles'], 417],
    ['a tunnel', 'CONNECT host:443', [], 400],
  ])('protects and names the answer to %s', async (_what, line, headers, status) => {
    const [answer] = (await send(request(line, [...headers, 'X-Request-Id: me']))).answers;
    expect(answer?.status).toBe(status);
    for (const [name, value] of PROTECTIVE_HEADERS) expect(answer?.headers.get(name)).toBe(value);
    expect(answer?.headers.get('x-request-id')).toBe('me');
  });

  it('logs why it has none to show', async () => {
    const error = jest.spyOn(Logger.prototype, 'error').mockReturnValue(undefined);
    jest.spyOn(Logger.prototype, 'warn').mockReturnValue(undefined);
    const cause = new Error('a metric that cannot be read');
    text.mockRejectedValue(cause);
    const [answer] = (await send(request('GET /metrics', ['X-Request-Id: me']))).answers;
    expect([answer?.status, answer?.json]).toEqual([
      500,
      { name: '', description: 'internal server error.' },
    ]);
    expect(error).toHaveBeenCalledWith('unforeseen error in request me', cause.stack);
  });
});

describe('metrics that could not be set up', () => {
  it('are tried again when they are next asked for', async () => {
    const registerIn = jest.fn<void, []>().mockImplementationOnce(() => {
      throw new Error('not now');
    });
    const parts = [
      { isAlive: () => Promise.resolve(true) },
      { take: () => Promise.resolve(undefined) },
      { status: 'none' },
      { registerIn },
      { metric: { name: 'http', help: 'http', type: 'counter', read: () => [] } },
    ] as unknown as ConstructorParameters<typeof ApplicationMetrics>;
    const metrics = new ApplicationMetrics(...parts);
    await expect(metrics.text()).rejects.toThrow('not now');
    expect(await metrics.text()).toContain('heartbeat_database_up 1');
  });
});
