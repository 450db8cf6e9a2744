import type { Results } from '../support/results';
import { benchMatcher } from './matcher';
import { benchSilences } from './silences';
import { engineSite } from './site';
import { benchThroughput } from './throughput';

/**
 * Prints the engine's figures: the matcher alone, then a process with `ROLE=engine` between a RabbitMQ (`AMQP_URL`) and
 * a MongoDB (`MONGODB_URI`, or the embedded one in a process of its own).
 */
export async function benchEngine(results: Results, rounds = 7): Promise<void> {
  await benchMatcher(results);
  const amqpUrl = process.env.AMQP_URL;
  if (amqpUrl === undefined) {
    results.say('\nAMQP_URL is not set: nothing measured between a broker and a database.');
    return;
  }
  const site = await engineSite(amqpUrl);
  results.say(`\nOn ${process.env.MONGODB_URI === undefined ? 'the embedded' : 'an outside'} MongoDB:`);
  results.head('what', 'measured', 'to reach');
  try {
    await benchThroughput(results, site, 10_000);
    await benchSilences(results, site, rounds);
  } finally {
    await site.stop();
  }
}
