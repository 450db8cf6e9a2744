import { Logger } from '@nestjs/common';
import type { CanopsisEvent } from './event';
import { EventService } from './event.service';
import type { EventTransport } from './event-transport';

const good: CanopsisEvent = { connector: 'c', connector_name: 'n', event_type: 'check', component: 'host' };
const sent: CanopsisEvent = { ...good, source_type: 'component' };

function serviceOn(publish: (event: CanopsisEvent) => Promise<void>): EventService {
  return new EventService({ publish } as EventTransport);
}

describe('events received over HTTP', () => {
  beforeEach(() => void jest.spyOn(Logger.prototype, 'debug').mockReturnValue());
  afterEach(() => jest.restoreAllMocks());

  it('publishes one event with its source type, and says so', async () => {
    const published: CanopsisEvent[] = [];
    const service = serviceOn((event) => Promise.resolve(void published.push(event)));
    expect(await service.receive(good)).toEqual({ sent_events: [sent], retry_events: [], failed_events: [] });
    expect(published).toEqual([sent]);
  });

  it('sorts an array by what became of each, in the order in which they came', async () => {
    const service = serviceOn((event) =>
      event['n'] === 2 ? Promise.reject(new Error('down')) : Promise.resolve(),
    );
    const answer = await service.receive([
      { ...good, n: 1 },
      'x',
      { ...good, n: 2 },
      {},
      { ...good, n: 3 },
      null,
    ]);
    expect(answer).toEqual({
      sent_events: [
        { ...sent, n: 1 },
        { ...sent, n: 3 },
      ],
      retry_events: [{ ...sent, n: 2 }],
      failed_events: ['x', {}, null],
    });
  });

  it('takes an empty array', async () => {
    const answer = await serviceOn(() => Promise.resolve()).receive([]);
    expect(answer).toEqual({ sent_events: [], retry_events: [], failed_events: [] });
  });

  it('publishes at most 1000 at once', async () => {
    let under = 0;
    let most = 0;
    const service = serviceOn(async () => {
      most = Math.max(most, ++under);
      await new Promise((resolve) => setImmediate(resolve));
      under -= 1;
    });
    const answer = await service.receive(Array.from({ length: 2_500 }, () => good));
    expect(answer.sent_events).toHaveLength(2_500);
    expect(most).toBe(1_000);
  });

  it.each<[unknown]>([[3], ['text'], [true], [null]])('refuses the body %j', async (body) => {
    await expect(serviceOn(() => Promise.resolve()).receive(body)).rejects.toMatchObject({
      status: 400,
      body: { name: '', description: 'invalid event payload.' },
    });
  });

  it('refuses a body nested too deep to be echoed', async () => {
    const nested: unknown = JSON.parse('['.repeat(200_000) + ']'.repeat(200_000));
    await expect(serviceOn(() => Promise.resolve()).receive([{ ...good, nested }])).rejects.toMatchObject({
      status: 400,
    });
  });
});
