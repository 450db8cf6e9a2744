import { once } from 'node:events';
import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { raised, resolved } from '../../src/engine/alarms/alarm';
import { alertOf, type PostableAlert } from '../../src/engine/alarms/alert';
import { AlarmRefusedError } from '../../src/engine/alarms/alarm-sink';
import { AlertmanagerAlarmSink } from '../../src/engine/alarms/alertmanager-alarm-sink';
import type { OutboxEntry } from '../../src/states/outbox-fields';

const AT = Date.UTC(2026, 0, 1);

describe('calls of an Alertmanager', () => {
  let server: Server;
  let calls: { path: string; authorization: unknown; alerts: PostableAlert[] }[];
  /** The status of each call. */
  let status: (alerts: readonly PostableAlert[]) => number;
  let date: string;

  beforeEach(async () => {
    [calls, status, date] = [[], () => 200, new Date().toUTCString()];
    server = createServer((request, response) => {
      void json(request).then((body) => {
        const alerts = body as PostableAlert[];
        const { url: path = '', headers } = request;
        calls.push({ path, authorization: headers.authorization, alerts });
        response.writeHead(status(alerts), { Date: date }).end();
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  const sink = (path = ''): AlertmanagerAlarmSink => {
    const { port } = server.address() as AddressInfo;
    return new AlertmanagerAlarmSink({ url: `http://u:s3cret@127.0.0.1:${port}${path}` });
  };

  const subject = { resource: 'a:1', interval: '10s', output: null };
  const entry = (id: string, pattern = {}): OutboxEntry => ({
    ...raised(subject, AT),
    alert: alertOf(id, { pattern }, AT),
  });

  it('bring 1,000 alarms in a few bounded bodies', async () => {
    const one = sink('/am/');
    const pattern = { a: 'x'.repeat(1_000), b: 'y'.repeat(1_000) };
    const all = Array.from({ length: one.parallel }, (_, i) => one.deliver(entry(`h${i}`, pattern)));
    await Promise.all(all);
    expect(calls.flatMap(({ alerts }) => alerts)).toHaveLength(1_000);
    expect(calls.length).toBeLessThan(8);
    for (const { path, alerts } of calls) {
      expect(path).toBe('/am/api/v2/alerts');
      expect(JSON.stringify(alerts).length).toBeLessThan(530_000);
    }
  });

  it('are made one by one where one of many is refused, so that the others are delivered', async () => {
    status = (alerts) => (alerts.some(({ labels }) => labels.heartbeat === 'h2') ? 400 : 200);
    const one = sink();
    const ended = await Promise.allSettled(['h1', 'h2', 'h3'].map((id) => one.deliver(entry(id))));
    expect(ended.map((end) => end.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect((ended[1] as PromiseRejectedResult).reason).toBeInstanceOf(AlarmRefusedError);
    expect(calls.map(({ alerts }) => alerts.length)).toEqual([3, 1, 1, 1]);
  });

  it('are made again where an end would still be to come by its clock, with its time', async () => {
    date = new Date(AT - 60_000).toUTCString();
    const one = sink();
    await Promise.all([
      one.deliver({ ...entry('h1'), ...resolved(subject, AT + 5_000) }),
      one.deliver(entry('h2')),
    ]);
    expect(calls).toHaveLength(2);
    const now = new Date(AT - 60_000).toISOString();
    expect(calls[1]?.alerts).toMatchObject([{ labels: { heartbeat: 'h1' }, startsAt: now, endsAt: now }]);
  });

  it('fail for all of a call alike, with an error that tells nothing of the URL', async () => {
    status = () => 503;
    const one = sink('/t0ken');
    const ended = await Promise.allSettled(['h1', 'h2'].map((id) => one.deliver(entry(id))));
    const texts = ended.map((end) => (end.status === 'rejected' ? String(end.reason) : ''));
    expect(texts).toEqual(['Error: Alertmanager answered 503', 'Error: Alertmanager answered 503']);
    expect(calls[0]?.authorization).toBe(`Basic ${Buffer.from('u:s3cret').toString('base64')}`);
  });
});
