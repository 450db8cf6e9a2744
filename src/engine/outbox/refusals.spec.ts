import { AlarmRefusedError } from '../alarms/alarm-sink';
import { Refusals } from './refusals';

const times = (refusals: Refusals, count: number, error: AlarmRefusedError): (number | undefined)[] =>
  Array.from({ length: count }, () => refusals.count('a', error));

describe('an alarm that is refused', () => {
  const later = new AlarmRefusedError('later');

  it('for good is set aside after three tries', () => {
    expect(times(new Refusals(), 3, new AlarmRefusedError('never', true))).toEqual([undefined, undefined, 3]);
  });

  it('while others are taken is set aside after twenty', () => {
    const refusals = new Refusals();
    refusals.count('a', later);
    refusals.delivered('b');
    expect(times(refusals, 19, later).filter(Boolean)).toEqual([20]);
  });

  it('while none is taken is tried for ever', () => {
    const refusals = new Refusals();
    refusals.delivered('b');
    expect(times(refusals, 100, later).filter(Boolean)).toEqual([]);
  });

  it('begins anew once it was taken', () => {
    const refusals = new Refusals();
    times(refusals, 19, later);
    refusals.delivered('a');
    expect(times(refusals, 19, later).filter(Boolean)).toEqual([]);
  });
});
