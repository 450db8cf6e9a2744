import type { EngineDocument, EngineRecords } from '../../states/engine-documents';
import { type Question, weigh } from './evidence';
import { DEAF, type HearingState } from './hearing-state';

const NOW = 1_000_000;
const NEVER = Number.NEGATIVE_INFINITY;

const hearing = (changes: Partial<HearingState> = {}): HearingState => ({
  ...DEAF,
  ...{ phase: 'hearing', since: NOW - 60_000, arrivedAfter: NOW - 500 },
  cleared: [{ askedAt: NOW - 300, consumers: 1 }],
  ...changes,
});

const engine = (_id: string, changes: Partial<EngineDocument> = {}): EngineDocument => ({
  ...{ _id, host: 'h', pid: 1, seen: NOW - 100, consuming_since: NOW - 60_000 },
  ...{ received_until: NOW - 200, proven_until: 0 },
  ...changes,
});

function asked(changes: Partial<Question> = {}, records: Partial<EngineRecords> = {}) {
  return weigh({
    ...{ self: 'me', state: hearing(), now: NOW, broker: true, pathCheck: true, checkReturned: false },
    records: { listening: undefined, check: undefined, engines: [engine('me')], ...records },
    ...changes,
  });
}

describe('what is proven', () => {
  it('is silence up to what came the whole way, and was stored', () => {
    expect(asked()).toMatchObject({ until: NOW - 500, hears: true, broken: undefined });
    expect(asked({ state: hearing({ arrivedAfter: NOW - 100 }) }).until).toBe(NOW - 300);
  });

  it('is nothing as long as nothing came', () => {
    expect(asked({ state: hearing({ arrivedAfter: NEVER }) })).toMatchObject({ until: 0, hears: true });
  });

  it('is what another engine saw come as well', () => {
    const engines = [engine('me'), engine('other', { proven_until: NOW - 350 })];
    const state = hearing({ arrivedAfter: NEVER, cleared: [{ askedAt: NOW - 300, consumers: 2 }] });
    expect(asked({ state }, { engines }).until).toBe(NOW - 350);
  });

  it('is what a check proved that came back', () => {
    const check = { _id: 'check', id: 'c', sent_at: NOW - 400 } as const;
    const state = hearing({ arrivedAfter: NEVER });
    expect(asked({ state, checkReturned: true }, { check }).until).toBe(NOW - 400);
    expect(asked({ state, checkReturned: false }, { check }).until).toBe(0);
  });

  it('is all that is stored where no check may be sent, or there is no broker', () => {
    const state = hearing({ arrivedAfter: NEVER });
    expect(asked({ state, pathCheck: false }).until).toBe(NOW - 300);
    expect(asked({ state, broker: false }).until).toBe(NOW - 300);
  });

  it('is nothing while it does not hear', () => {
    expect(asked({ state: hearing({ phase: 'catching-up' }) })).toMatchObject({ until: NEVER, hears: false });
  });
});

describe('a broken way', () => {
  const check = { _id: 'check', id: 'c', sent_at: NOW - 1_500 } as const;
  const quiet = { arrivedAfter: NOW - 9_000 };

  it('shows by a check that is not back after a second, when nothing waits any more', () => {
    expect(asked({ state: hearing(quiet) }, { check })).toMatchObject({
      ...{ broken: 'path', hears: false, until: NEVER, undecided: false },
    });
  });

  it('does not show while the queue was not looked at after that second', () => {
    const state = hearing({ ...quiet, cleared: [{ askedAt: NOW - 600, consumers: 1 }] });
    expect(asked({ state }, { check })).toMatchObject({
      ...{ broken: undefined, until: NOW - 9_000, undecided: true },
    });
  });

  it('does not show while another engine has not looked after that second, and is not decided until then', () => {
    const state = hearing({ ...quiet, cleared: [{ askedAt: NOW - 300, consumers: 2 }] });
    const behind = engine('other', { received_until: NOW - 600 });
    const engines = [engine('me'), behind];
    expect(asked({ state }, { check, engines })).toMatchObject({ broken: undefined, undecided: true });
    const there = [engine('me'), { ...behind, received_until: NOW - 250 }];
    expect(asked({ state }, { check, engines: there })).toMatchObject({ broken: 'path', undecided: false });
  });

  it('is not proven whole by later events while the check is lost', () => {
    const state = hearing({ arrivedAfter: NOW - 400, cleared: [{ askedAt: NOW - 600, consumers: 1 }] });
    expect(asked({ state }, { check }).until).toBe(0);
  });

  it('is not shown by a check from before this engine was connected', () => {
    expect(asked({ state: hearing({ ...quiet, since: NOW - 1_000 }) }, { check }).broken).toBeUndefined();
  });

  it('shows at once where the broker holds back publishers', () => {
    expect(asked({ state: hearing({ blocked: true }) })).toMatchObject({ broken: 'blocked', hears: false });
  });
});

describe('other engines', () => {
  const two = hearing({ cleared: [{ askedAt: NOW - 300, consumers: 2 }], arrivedAfter: NOW - 250 });

  it('are waited for until they have got past the deadline', () => {
    const behind = engine('other', { received_until: NOW - 2_000 });
    expect(asked({ state: two }, { engines: [engine('me'), behind] }).until).toBe(NEVER);
    expect(asked({ state: two }, { engines: [engine('me'), engine('other')] }).until).toBe(NOW - 300);
  });

  it('that do nothing any more are waited for as long as the broker counts them', () => {
    const frozen = engine('other', { seen: NOW - 8_000, received_until: NOW - 8_000 });
    const engines = [engine('me'), frozen];
    expect(asked({ state: two }, { engines }).until).toBe(NEVER);
    const alone = hearing({ cleared: [{ askedAt: NOW - 300, consumers: 1 }], arrivedAfter: NOW - 250 });
    expect(asked({ state: alone }, { engines }).until).toBe(NOW - 300);
  });

  it('that joined after an inspection have not got past it', () => {
    const joined = engine('other', { consuming_since: NOW - 100, received_until: NOW });
    expect(asked({ state: two }, { engines: [engine('me'), joined] }).until).toBe(NEVER);
  });

  it('without a broker are waited for only while they consume, and write', () => {
    const state = hearing({ cleared: [{ askedAt: NOW - 300, consumers: 0 }] });
    const holding = engine('other', { received_until: NOW - 2_000 });
    const asking = (other: EngineDocument) =>
      asked({ state, broker: false }, { engines: [engine('me'), other] }).until;
    expect(asking(holding)).toBe(NEVER);
    expect(asking({ ...holding, seen: NOW - 6_000 })).toBe(NOW - 300);
    expect(asking({ ...holding, consuming_since: null })).toBe(NOW - 300);
  });

  it('that the database does not know are somebody else, who takes a part of the events', () => {
    expect(asked({ state: two })).toMatchObject({
      ...{ broken: 'others', hears: false, until: NEVER, consumers: 2, known: 1 },
    });
  });
});
