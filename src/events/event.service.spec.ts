import { Logger } from '@nestjs/common';
import type { CanopsisEvent } from './event';
import { EventService, type EventsAnswer } from './event.service';
import type { PublishOptions } from './event-transport';

const good: CanopsisEvent = { connector: 'c', connector_name: 'n', event_type: 'check', component: 'host' };
const sent: CanopsisEvent = { ...good, source_type: 'component' };

function serviceOn(publish: (event: CanopsisEvent, options?: PublishOptions) => Promise<void>): EventService {
  return new EventService({ publish });
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

  it('passes the JSON of each event on as it came, but for its source type', async () => {
    const texts: unknown[] = [];
    const service = serviceOn((_event, options) => Promise.resolve(void texts.push(options?.text)));
    const fields = '"connector":"c","connector_name":"n","event_type":"check","component":"host"';
    const body = ` [ {${fields}, "n": 18446744073709551615} , 1.0, {"source_type" : {"source_type":1e400},${fields}} ] `;
    await service.receive(JSON.parse(body), body);
    expect(texts).toEqual([
      `{${fields}, "n": 18446744073709551615,"source_type":"component"}`,
      `{"source_type" : "component",${fields}}`,
    ]);
  });

  it('answers within 5 s, whatever is not delivered by then, and begins nothing afterwards', async () => {
    jest.useFakeTimers();
    try {
      let begun = 0;
      const limits: (number | undefined)[] = [];
      const service = serviceOn((event, options) => {
        begun += 1;
        limits.push(options?.limitMs);
        return event['n'] === 0 ? Promise.resolve() : new Promise(() => undefined);
      });
      let answer: EventsAnswer | undefined;
      const events = Array.from({ length: 5_000 }, (_, n) => ({ ...good, n }));
      void service.receive(events).then((given) => (answer = given));
      await jest.advanceTimersByTimeAsync(3_500);
      expect(answer).toBeUndefined();
      await jest.advanceTimersByTimeAsync(500);
      expect(answer?.sent_events).toEqual([{ ...sent, n: 0 }]);
      expect(answer?.retry_events).toHaveLength(4_999);
      expect(begun).toBe(1_001);
      expect(Math.max(...limits.map((limit) => limit ?? Infinity))).toBeLessThanOrEqual(4_000);
    } finally {
      jest.useRealTimers();
    }
  });

  it('gives up what waits behind the limit of a transport that keeps it', async () => {
    jest.useFakeTimers();
    try {
      let begun = 0;
      const service = serviceOn((_event, options) => {
        begun += 1;
        return new Promise((_, reject) => setTimeout(() => reject(new Error('late')), options?.limitMs));
      });
      const answer = service.receive(Array.from({ length: 2_500 }, () => good));
      await jest.advanceTimersByTimeAsync(4_000);
      expect((await answer).retry_events).toHaveLength(2_500);
      await jest.advanceTimersByTimeAsync(10_000);
      expect(begun).toBe(1_000);
    } finally {
      jest.useRealTimers();
    }
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
