import { describeWith } from '../events/broker';
import { freshSite } from './support/fresh-site';
import { create, watchedMany } from './support/installation';
import { sequences } from './support/sequences';
import { waitFor } from './support/wait-for';

const COUNT = 500;

describeWith('RABBITMQ_START', 'engines on one queue and one database', (startScript) => {
  const given = freshSite(startScript);

  it.each([2, 4])(
    'raise each of 500 silences once, resolve each once, and raise it again: %d engines',
    async (engines) => {
      const { client, site } = given;
      const all = watchedMany('host', COUNT, (n) => `${1 + (n % 3)}s`);
      const events = all.map(({ event }) => event);
      const api = await site.start('api');
      await create(api, all);
      await client.declareEngineQueue();
      await client.publish(events);
      await site.startEngines(engines);

      await waitFor(
        'an alarm for each',
        () => client.alarms.length >= COUNT,
        () => client.alarms.length,
      );
      await site.settled('down', all);
      await client.caughtUp();
      expect(sequences(client, all)).toEqual({ '3': COUNT });

      await client.publish(events);
      await waitFor('the end of each, and another alarm', () => client.alarms.length >= 3 * COUNT);
      await site.settled('down', all);
      await client.caughtUp();
      expect(sequences(client, all)).toEqual({ '3,0,3': COUNT });
    },
  );
});
