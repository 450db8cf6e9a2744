import { ALARM_FIELDS } from '../../src/events/event';
import { anEvent, captureLog, collect, describeWith, TestBroker } from './broker';
import { at } from '../support/at';
import { eventually } from '../support/eventually';

describeWith('AMQP_URL', 'events over RabbitMQ', (url) => {
  let broker: TestBroker;
  let log: string[];

  beforeEach(async () => {
    log = captureLog();
    broker = await TestBroker.at(url);
  });

  afterEach(async () => {
    await broker.close();
    jest.restoreAllMocks();
  });

  it('publishes an event with its routing key, persistent, as JSON', async () => {
    const transport = await broker.transport();
    const event = anEvent({ output: 'é "quoted"' });
    await transport.publish(event);
    const { content, fields, properties } = await broker.take();
    expect(content.toString()).toBe(JSON.stringify(event));
    expect(fields).toMatchObject({ exchange: broker.names.exchange, routingKey: 'c.n.check.component.host' });
    expect(properties).toMatchObject({ contentType: 'application/json', deliveryMode: 2 });
  });

  it('publishes the text of an event, where there is one, as it is', async () => {
    const transport = await broker.transport();
    const text = '{"connector": "c", "n": 18446744073709551615, "x": 1.0}';
    await transport.publish(anEvent(), { text });
    const { content, fields } = await broker.take();
    expect(content.toString()).toBe(text);
    expect(fields.routingKey).toBe('c.n.check.component.host');
  });

  it('delivers what was published, and keeps it until it is acknowledged', async () => {
    const transport = await broker.transport();
    const deliveries = await collect(transport);
    await transport.publish(anEvent({ n: 1 }));
    await eventually(() => deliveries.length === 1);
    expect(at(deliveries, 0).event).toEqual(anEvent({ n: 1 }));
    await transport.close();

    const again = await collect(await broker.transport());
    await eventually(() => again.length === 1);
    at(again, 0).ack();
    await eventually(async () => (await broker.channel.checkQueue(broker.names.queue)).messageCount === 0);
  });

  it('does not deliver again what was acknowledged before it closed', async () => {
    const transport = await broker.transport();
    const deliveries = await collect(transport);
    await transport.publish(anEvent());
    await eventually(() => deliveries.length === 1);
    await transport.stopConsuming();
    expect(transport.hearing).toBe(false);
    at(deliveries, 0).ack();
    await transport.close();
    expect(await broker.waiting()).toBe(0);
    expect(() => at(deliveries, 0).requeue()).not.toThrow();
  });

  it('delivers again what was given back', async () => {
    const transport = await broker.transport();
    const deliveries = await collect(transport);
    await transport.publish(anEvent());
    await eventually(() => deliveries.length === 1);
    at(deliveries, 0).requeue();
    await eventually(() => deliveries.length === 2);
    expect(at(deliveries, 1).event).toEqual(anEvent());
    at(deliveries, 1).ack();
  });

  it('gives an event back when the engine throws on it', async () => {
    const transport = await broker.transport();
    let calls = 0;
    await transport.consume((delivery) => {
      if (++calls === 1) throw new Error('broken');
      delivery.ack();
    });
    await transport.publish(anEvent());
    await eventually(() => calls === 2);
    expect(transport.hearing).toBe(true);
    expect(log.filter((line) => line.startsWith('error'))).toHaveLength(1);
  });

  it('leaves no more than the prefetch unacknowledged, and knows the backlog', async () => {
    const transport = await broker.transport({ prefetch: 3 });
    await Promise.all(Array.from({ length: 10 }, (_, n) => transport.publish(anEvent({ n }))));
    const deliveries = await collect(transport);
    await eventually(() => deliveries.length === 3);
    expect(await transport.backlog()).toBe(7);
    for (let n = 0; n < 10; n++) {
      await eventually(() => deliveries.length > n);
      at(deliveries, n).ack();
      at(deliveries, n).ack();
    }
    expect(deliveries.map(({ event }) => event['n'])).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(await transport.backlog()).toBe(0);
  });

  it('delivers again exactly what was not acknowledged when it closed, whatever the order was', async () => {
    const transport = await broker.transport({ prefetch: 100 });
    const deliveries = await collect(transport);
    await Promise.all(Array.from({ length: 100 }, (_, n) => transport.publish(anEvent({ n }))));
    await eventually(() => deliveries.length === 100);
    for (let n = 99; n >= 0; n -= 1) if (n % 3 !== 0) at(deliveries, n).ack();
    await transport.close();
    const again = await collect(await broker.transport());
    await eventually(() => again.length >= 34);
    expect(again.map(({ event }) => event['n'])).toEqual(Array.from({ length: 34 }, (_, n) => 3 * n));
    for (const delivery of again) delivery.ack();
    await eventually(async () => (await broker.channel.checkQueue(broker.names.queue)).messageCount === 0);
  });

  it('throws poisoned messages away, counts them, and logs that once', async () => {
    const transport = await broker.transport();
    const deliveries = await collect(transport);
    const poison = ['', 'no json', '[]', '3', 'null', '"text"', '{"a":'];
    for (const body of poison) await broker.send(body);
    await transport.publish(anEvent());
    await eventually(() => deliveries.length === 1);
    expect(at(deliveries, 0).event).toEqual(anEvent());
    at(deliveries, 0).ack();
    expect(broker.poisoned).toHaveLength(poison.length);
    expect(log.filter((line) => line.startsWith('warn'))).toEqual([
      expect.stringContaining('routing key "any.key", no app id, 0 bytes, it is empty'),
    ]);
    await transport.close();
    expect(await broker.waiting()).toBe(0);
  });

  it('takes events whose texts are no UTF-8, or that begin with a byte order mark', async () => {
    const deliveries = await collect(await broker.transport());
    await broker.send(Buffer.from('{"connector":"c","output":"vérifié"}', 'latin1'));
    await broker.send('\uFEFF{"connector":"c","output":"vérifié"}');
    await eventually(() => deliveries.length === 2);
    expect(deliveries.map(({ event }) => event)).toEqual([
      { connector: 'c', output: 'v\uFFFDrifi\uFFFD' },
      { connector: 'c', output: 'vérifié' },
    ]);
    deliveries.forEach((delivery) => delivery.ack());
  });

  it('publishes alarms byte for byte, and never takes them for events', async () => {
    const transport = await broker.transport();
    const alarm = JSON.stringify({
      ...ALARM_FIELDS,
      resource: 'connector:c1',
      source_type: 'resource',
      state: 3,
    });
    await transport.publishAlarm(alarm, 'heartbeat.heartbeat.check.resource.heartbeats.connector:c1');
    const { content, fields, properties } = await broker.take();
    expect(content.toString()).toBe(alarm);
    expect(fields.routingKey).toBe('heartbeat.heartbeat.check.resource.heartbeats.connector:c1');
    expect(properties).toMatchObject({
      contentType: 'application/json',
      deliveryMode: 2,
      appId: 'canopsis-heartbeat',
    });

    const deliveries = await collect(transport);
    await transport.publishAlarm(alarm, 'key');
    await broker.send(alarm); // as another engine would pass it on
    await transport.publish(anEvent());
    await eventually(() => deliveries.length === 1);
    expect(at(deliveries, 0).event).toEqual(anEvent());
    at(deliveries, 0).ack();
    expect(broker.poisoned).toEqual([]);
  });

  it('cuts routing keys over 255 bytes', async () => {
    const transport = await broker.transport();
    await transport.publish(anEvent({ component: 'é'.repeat(300) }));
    const first = await broker.take();
    expect(first.fields.routingKey).toBe(`c.n.check.component.${'é'.repeat(117)}`);
    await transport.publishAlarm(JSON.stringify(anEvent()), 'x'.repeat(400));
    expect((await broker.take()).fields.routingKey).toBe('x'.repeat(255));
  });

  it('carries a message larger than a frame', async () => {
    const transport = await broker.transport();
    const deliveries = await collect(transport);
    await transport.publish(anEvent({ output: 'x'.repeat(900_000) }));
    await eventually(() => deliveries.length === 1);
    expect(at(deliveries, 0).event['output']).toHaveLength(900_000);
    at(deliveries, 0).ack();
  });

  it('keeps two applications in one process apart', async () => {
    const other = await TestBroker.at(url);
    try {
      const [one, two] = [await broker.transport(), await other.transport()];
      const [ofOne, ofTwo] = [await collect(one), await collect(two)];
      await one.publish(anEvent({ to: 1 }));
      await two.publish(anEvent({ to: 2 }));
      await eventually(() => ofOne.length === 1 && ofTwo.length === 1);
      expect([at(ofOne, 0).event['to'], at(ofTwo, 0).event['to']]).toEqual([1, 2]);
      await one.close();
      expect([one.status, two.status, two.hearing]).toEqual(['down', 'up', true]);
      await two.publish(anEvent({ to: 2 }));
      await eventually(() => ofTwo.length === 2);
      expect(ofOne).toHaveLength(1);
      ofTwo.forEach((delivery) => delivery.ack());
    } finally {
      await other.close();
    }
  });

  it('lets two consumers share the queue, each event going to one of them', async () => {
    const [one, two] = [await broker.transport(), await broker.transport()];
    const seen = [...(await Promise.all([collect(one), collect(two)]))];
    await Promise.all(Array.from({ length: 50 }, (_, n) => one.publish(anEvent({ n }))));
    await eventually(() => seen.flat().length === 50);
    expect(new Set(seen.flat().map(({ event }) => event['n'])).size).toBe(50);
    seen.flat().forEach((delivery) => delivery.ack());
  });

  it('declares the queue again, and hears again, when somebody deleted it', async () => {
    const transport = await broker.transport();
    const changes: boolean[] = [];
    const deliveries = await collect(transport);
    transport.onHearingChange((hearing) => changes.push(hearing));
    await broker.channel.deleteQueue(broker.names.queue);
    await eventually(() => changes.length === 2);
    expect(changes).toEqual([false, true]);
    await transport.publish(anEvent());
    await eventually(() => deliveries.length === 1);
    at(deliveries, 0).ack();
  });

  it('declares the exchange again when somebody deleted it, and the event still arrives', async () => {
    const transport = await broker.transport();
    const deliveries = await collect(transport);
    await broker.channel.deleteExchange(broker.names.exchange);
    await transport.publish(anEvent());
    await transport.publish(anEvent());
    await eventually(() => deliveries.length === 2);
    deliveries.forEach((delivery) => delivery.ack());
  });

  it('says once that the exchange is of another type, goes on, and works as soon as that is put right', async () => {
    await broker.channel.assertExchange(broker.names.exchange, 'direct', { durable: true });
    const transport = await broker.transport({}, { wait: false });
    await transport.consume((delivery) => delivery.ack());
    await eventually(() => log.some((line) => line.startsWith('error')));
    expect(transport.status).toBe('down');
    await expect(transport.publish(anEvent())).rejects.toThrow();
    const errors = log.filter((line) => line.startsWith('error'));
    expect(errors).toHaveLength(1);
    expect(errors[0]).toContain(`inequivalent arg 'type' for exchange '${broker.names.exchange}'`);
    expect([transport.status, transport.hearing, await transport.backlog()]).toEqual(['down', false, 0]);

    await broker.channel.deleteExchange(broker.names.exchange);
    await eventually(() => transport.status === 'up' && transport.hearing);
    await transport.publish(anEvent());
  });

  it('never says its password', async () => {
    const transport = await broker.transport({ url: withPassword(url, 'sesame-wrong') }, { wait: false });
    await eventually(() => log.length > 0);
    const error = await transport.publish(anEvent()).catch((reason: unknown) => reason as Error);
    expect(`${String(error)} ${log.join()}`).toContain('ACCESS_REFUSED');
    expect(`${String(error)} ${log.join()}`).not.toContain('sesame');
  });

  it('refuses what is published after it has closed, and a second consumer', async () => {
    const transport = await broker.transport();
    await collect(transport);
    await expect(collect(transport)).rejects.toThrow('already');
    await transport.close();
    await expect(transport.publish(anEvent())).rejects.toThrow('closed');
  });

  it('can consume again after it has stopped', async () => {
    const transport = await broker.transport();
    await collect(transport);
    await transport.stopConsuming();
    await transport.publish(anEvent());
    expect(await transport.backlog()).toBe(1);
    const deliveries = await collect(transport);
    await eventually(() => deliveries.length === 1);
    at(deliveries, 0).ack();
  });
});

function withPassword(url: string, password: string): string {
  const changed = new URL(url);
  changed.password = password;
  return changed.href;
}
