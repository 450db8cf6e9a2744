import * as fc from 'fast-check';
import {
  ALARM_FIELDS,
  type CanopsisEvent,
  cutRoutingKey,
  eventProblem,
  isEngineAlarm,
  routingKey,
  withSourceType,
} from './event';

const event: CanopsisEvent = { connector: 'c', connector_name: 'n', event_type: 'check', component: 'host' };

describe('an event over HTTP', () => {
  it('has no problem where its four fields are there', () => {
    expect(eventProblem(event)).toBeUndefined();
  });

  it.each(['connector', 'connector_name', 'event_type', 'component'])('is refused without %s', (field) => {
    for (const bad of ['', 3, null, undefined, ['x'], {}]) {
      expect(eventProblem({ ...event, [field]: bad })).toBe(`${field} must be a non-empty string`);
    }
  });

  it('is refused where it only inherits a field', () => {
    expect(eventProblem(Object.create(event) as CanopsisEvent)).toBeDefined();
  });

  it.each<[unknown, string]>([
    ['disk', 'resource'],
    ['', 'component'],
    [undefined, 'component'],
    [null, 'component'],
    [7, 'component'],
  ])('with the resource %j has the source type %s, whatever it says itself', (resource, sourceType) => {
    const given = { ...event, resource, source_type: 'other' };
    expect(withSourceType(given)).toEqual({ ...given, source_type: sourceType });
    expect(given.source_type).toBe('other');
  });
});

describe('a routing key', () => {
  it('names the event, with its resource where it has one', () => {
    expect(routingKey(withSourceType(event))).toBe('c.n.check.component.host');
    expect(routingKey(withSourceType({ ...event, resource: 'disk' }))).toBe('c.n.check.resource.host.disk');
  });

  it('is cut to 255 bytes', () => {
    expect(cutRoutingKey('x'.repeat(255))).toHaveLength(255);
    expect(cutRoutingKey('x'.repeat(300))).toBe('x'.repeat(255));
    expect(cutRoutingKey(`${'x'.repeat(254)}é`)).toBe('x'.repeat(254));
  });

  it('is the longest beginning of whole characters that fits', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 60, maxLength: 400 }), (key) => {
        const cut = cutRoutingKey(key);
        const size = Buffer.byteLength(cut);
        expect(size).toBeLessThanOrEqual(255);
        expect(key.startsWith(cut)).toBe(true);
        if (cut !== key) {
          const next = String.fromCodePoint(key.codePointAt(cut.length) ?? 0);
          expect(size + Buffer.byteLength(next)).toBeGreaterThan(255);
        }
      }),
    );
  });
});

describe("an engine's alarm", () => {
  it('is known by its four fields', () => {
    expect(isEngineAlarm({ ...ALARM_FIELDS, resource: 'connector:c1', state: 3 })).toBe(true);
  });

  it.each(Object.keys(ALARM_FIELDS))('is none where %s differs', (field) => {
    expect(isEngineAlarm({ ...ALARM_FIELDS, [field]: 'x' })).toBe(false);
  });
});
