import { siteForEach, Watching } from './support/watching';

const HOUR = 3_600_000;

describe('silence', () => {
  let site: Watching;
  siteForEach((started) => (site = started));

  it('raises an alarm within a second of the deadline, once, and resolves it with the next event, once', async () => {
    const id = await site.create('c1');
    await site.event('c1');
    await site.becomes(id, 'up');
    const heard = site.clock.now();

    await site.pass(10_000);
    expect((await site.state(id))?.state).toBe('up');
    await site.pass(1_000);
    await site.sends(1);
    expect(await site.state(id)).toMatchObject({
      state: 'down',
      last_event: heard,
      deadline: heard + 10_000,
    });
    await site.pass(15_000);
    await site.event('c1');
    await site.sends(2);
    await site.event('c1');
    await site.pass(5_000);
    await site.sends(2);
    expect(site.sink.told('connector:c1')).toEqual([3, 0]);
    expect(await site.state(id)).toMatchObject({ state: 'up' });
  });

  it('sends the documented event, byte for byte', async () => {
    await site.create('unused', { pattern: { b: '1.5', a: 'ü' }, expected_interval: '20s' });
    await site.pass(21_000);
    await site.sends(1);
    const at = Math.floor(site.clock.now() / 1000);
    const [alarm] = site.sink.alarms;
    expect(alarm?.timestamp).toBeLessThanOrEqual(at);
    expect(alarm?.timestamp).toBeGreaterThanOrEqual(at - 1);
    expect(alarm?.body).toBe(
      '{"connector":"heartbeat","connector_name":"heartbeat","event_type":"check","component":"heartbeats",' +
        '"resource":"a:ü.b:1.5","source_type":"resource","state":3,' +
        `"output":"No event matching a:ü.b:1.5 for 20s","timestamp":${alarm?.timestamp}}`,
    );
    expect(alarm?.key).toBe('heartbeat.heartbeat.check.resource.heartbeats.a:ü.b:1.5');
    await site.transport.publish({ a: 'ü', b: 1.5 });
    await site.sends(2);
    expect(site.sink.alarms[1]).toMatchObject({ state: 0, output: 'Event matching a:ü.b:1.5 received' });
  });

  it('says what the heartbeat wants said', async () => {
    await site.create('c1', { output: 'Call Eve' });
    await site.pass(11_000);
    await site.sends(1);
    await site.event('c1');
    await site.sends(2);
    expect(site.sink.alarms.map(({ output }) => output)).toEqual(['Call Eve', 'Call Eve']);
  });

  it('counts from when the heartbeat was learned, before the first event', async () => {
    const id = await site.create('c1');
    expect(await site.state(id)).toMatchObject({ state: 'waiting', last_event: null });
    await site.pass(10_000);
    expect((await site.state(id))?.state).toBe('waiting');
    await site.pass(1_000);
    await site.sends(1);
    expect((await site.state(id))?.state).toBe('down');
  });

  it('is broken by any event that matches, whatever its type and its own timestamp', async () => {
    const id = await site.create('c1');
    await site.pass(8_000);
    await site.event('c1', { event_type: 'perf', timestamp: 1 });
    await site.pass(8_000);
    expect(await site.state(id)).toMatchObject({ state: 'up' });
    await site.event('other');
    await site.pass(3_000);
    await site.sends(1);
  });

  it.each([
    ['1000h', 1_000 * HOUR],
    ['87600h', 87_600 * HOUR],
  ])('may last %s', async (expected_interval, interval) => {
    const id = await site.create('c1', { expected_interval });
    await site.event('c1');
    const deadline = site.clock.now() + interval;
    expect(await site.state(id)).toMatchObject({ state: 'up', deadline });
    await site.states.updateOne({ _id: id }, { $set: { deadline: site.clock.now() + 1_000 } });
    await site.pass(2_000);
    await site.sends(1);
    await site.event('c1');
    await site.sends(2);
    expect((await site.state(id))?.deadline).toBe(site.clock.now() + interval);
  });

  it('is not broken by the alarm of the heartbeat itself', async () => {
    const id = await site.create('c1', { pattern: { connector: 'heartbeat' } });
    await site.event('heartbeat', {
      connector_name: 'heartbeat',
      component: 'heartbeats',
    });
    await site.pass(11_000);
    await site.sends(1);
    expect((await site.state(id))?.state).toBe('down');
  });

  it('of many heartbeats is raised for each, once', async () => {
    await Promise.all(Array.from({ length: 300 }, (_, n) => site.create(`c${n}`)));
    await site.pass(12_000);
    await site.sends(300);
    expect(new Set(site.sink.alarms.map(({ resource }) => resource)).size).toBe(300);
  });
});
