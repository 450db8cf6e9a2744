import { DEAF, type HearingEvent, type HearingState, transition } from './hearing-state';

const after = (...events: HearingEvent[]): HearingState => events.reduce(transition, DEAF);
const connected: HearingEvent = { type: 'connected', at: 100 };
const inspected = (askedAt: number, waiting: number, received: number, fresh = received): HearingEvent => ({
  ...{ type: 'inspected', askedAt, waiting, consumers: 1 },
  arrivals: { received, fresh },
});
const arrived = (received: number, fresh = received): HearingEvent => ({
  type: 'arrived',
  arrivals: { received, fresh },
});
const stored = (askedAt: number): HearingEvent => ({ type: 'stored', askedAt });

describe('the state of hearing', () => {
  it('is deaf without a consumer, whatever else happens', () => {
    for (const event of [inspected(1, 0, 0), arrived(1), stored(1), { type: 'disturbed' } as const]) {
      expect(after(event).phase).toBe('deaf');
    }
  });

  it('catches up until what waited has come and is stored', () => {
    expect(after(connected).phase).toBe('catching-up');
    expect(after(connected, inspected(200, 3, 0)).phase).toBe('catching-up');
    expect(after(connected, inspected(200, 3, 0), arrived(3)).phase).toBe('catching-up');
    expect(after(connected, inspected(200, 3, 0), arrived(2), stored(200)).phase).toBe('catching-up');
    expect(after(connected, inspected(200, 3, 0), arrived(3), stored(200))).toMatchObject({
      phase: 'hearing',
      cleared: [{ askedAt: 200, consumers: 1 }],
    });
  });

  it('knows that something came the whole way only when it came after what waited', () => {
    const waited = after(connected, inspected(200, 2, 0));
    expect(transition(waited, arrived(2)).arrivedAfter).toBe(Number.NEGATIVE_INFINITY);
    expect([arrived(2), arrived(3)].reduce(transition, waited).arrivedAfter).toBe(200);
  });

  it('takes what was delivered anew, or did not come through the exchange, for no proof', () => {
    const quiet = after(connected, inspected(200, 0, 0));
    expect(transition(quiet, arrived(5, 0)).arrivedAfter).toBe(Number.NEGATIVE_INFINITY);
  });

  it('does not begin anew at each look while the queue is never empty', () => {
    const busy = after(connected, inspected(200, 5, 0), inspected(300, 5, 4), arrived(5), stored(200));
    expect(busy.cleared).toEqual([{ askedAt: 200, consumers: 1 }]);
  });

  it('forgets what it saw when the connection is lost, or the database fails', () => {
    const hearing = after(connected, inspected(200, 0, 0), stored(200));
    expect(hearing.phase).toBe('hearing');
    expect(transition(hearing, { type: 'lost' })).toMatchObject({ phase: 'deaf', cleared: [] });
    expect(transition(hearing, { type: 'disturbed' })).toMatchObject({ phase: 'catching-up', cleared: [] });
  });

  it('takes nothing for stored that was asked for before it was lost', () => {
    const again = after(connected, inspected(200, 0, 0), { type: 'lost' }, connected, stored(200));
    expect(again).toMatchObject({ phase: 'catching-up', cleared: [] });
  });

  it('knows of no proof any more on another clock', () => {
    const hearing = after(connected, inspected(200, 0, 0), arrived(1), stored(200));
    expect(hearing.arrivedAfter).toBe(200);
    expect(transition(hearing, { type: 'clock-set', at: 50 })).toMatchObject({
      ...{ phase: 'catching-up', since: 50, arrivedAfter: Number.NEGATIVE_INFINITY },
    });
  });
});
