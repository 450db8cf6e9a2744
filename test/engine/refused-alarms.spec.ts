import { AlarmRefusedError } from '../../src/engine/alarms/alarm-sink';
import { eventually } from '../support/eventually';
import { siteForEach, type Watching } from './support/watching';

describe('an alarm that its receiver refuses', () => {
  let site: Watching;
  siteForEach((started) => (site = started));

  const refuse = (connector: string, forGood: boolean): void => {
    site.sink.refusal = ({ resource, state }) =>
      resource === `connector:${connector}` && state === 3 ? new AlarmRefusedError('no', forGood) : undefined;
  };

  it('for good is set aside after three tries, in the log, and what follows goes out', async () => {
    refuse('c1', true);
    const id = await site.create('c1');
    await site.pass(11_000);
    await eventually(() => site.sink.refused === 1);
    for (const rest of [2_000, 3_000]) {
      const { refused } = site.sink;
      await site.pass(rest);
      await eventually(() => site.sink.refused > refused);
    }
    await eventually(async () => (await site.state(id))?.unsent === 0);
    expect(site.log.lines).toContainEqual(
      expect.stringMatching(/alarm raised: "connector:c1".*: set aside, refused 3 times: no/),
    );
    await site.event('c1');
    await site.sends(1);
    expect(site.sink.told('connector:c1')).toEqual([0]);
  });

  it('holds up no other', async () => {
    refuse('c1', false);
    await site.create('c1');
    await site.create('c2');
    await site.pass(11_000);
    await eventually(() => site.sink.told('connector:c2').length === 1 && site.sink.refused >= 1);
  });
});
