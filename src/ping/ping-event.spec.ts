import fc from 'fast-check';
import { eventFieldText } from '../domain/event-field-text';
import { eventProblem, isEngineAlarm } from '../events/event';
import { pingEvent } from './ping-event';

describe('the event of a ping', () => {
  it.each([
    [{ connector: 'c' }, { connector: 'c', source_type: 'component', component: 'ping' }],
    [{ resource: 'r' }, { resource: 'r', source_type: 'resource' }],
    [{ source_type: 'resource' }, { resource: 'ping', source_type: 'resource' }],
    [{ state: '2' }, { state: '2' }],
  ])('of %j has %j', (pattern, fields) => {
    expect(pingEvent(pattern)).toMatchObject({ event: fields });
  });

  it.each([
    [{ connector: '' }, 'connector must be a non-empty string'],
    [{ source_type: 'component', resource: 'r' }, 'no event can have source_type: component'],
    [{ source_type: 'service' }, 'no event can have source_type: service'],
    [
      { connector: 'heartbeat', connector_name: 'heartbeat', component: 'heartbeats' },
      'its pattern is that of alarms',
    ],
    [{}, 'its pattern cannot be read'],
    [{ a: 1 }, 'its pattern cannot be read'],
    ['connector', 'its pattern cannot be read'],
  ])('cannot be made of %j', (pattern, problem) => {
    expect(pingEvent(pattern)).toEqual({ problem });
  });

  it('of any pattern can be posted and belongs to it, or says why not', () => {
    const field = fc.oneof(
      fc.constantFrom('connector', 'component', 'source_type', 'resource', 'state'),
      fc.string({ unit: 'binary' }),
    );
    const text = fc.oneof(fc.constantFrom('', 'resource', 'component', 'heartbeat'), fc.string());
    fc.assert(
      fc.property(fc.dictionary(field, text), (pattern) => {
        const made = pingEvent(pattern);
        if ('problem' in made) return expect(made.problem.isWellFormed()).toBe(true);
        expect(eventProblem(made.event)).toBeUndefined();
        expect(isEngineAlarm(made.event)).toBe(false);
        for (const [key, value] of Object.entries(pattern)) {
          expect(eventFieldText(made.event[key])).toBe(value);
        }
      }),
    );
  });
});
