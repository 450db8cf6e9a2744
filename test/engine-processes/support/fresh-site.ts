import { OwnBroker } from '../../support/own-broker';
import { BrokerClient } from './broker-client';
import { Installation } from './installation';
import { TEST_LIMIT_MS } from './wait-for';

/** What a test is given. */
export interface Site {
  broker: OwnBroker;
  client: BrokerClient;
  site: Installation;
}

/** Gives a suite a broker of its own, and each test another program on it and an installation with a new database. */
export function freshSite(
  startScript: string,
  env: Record<string, string> = {},
  options: { ownServer?: boolean } = {},
): Site {
  const given = {} as Site;
  jest.setTimeout(TEST_LIMIT_MS);
  beforeAll(async () => {
    given.broker = await OwnBroker.start(startScript);
  });
  beforeEach(async () => {
    given.client = await BrokerClient.at(given.broker.url);
    given.site = await Installation.open({ AMQP_URL: given.broker.url, ...env }, options);
  });
  afterEach(async () => {
    await given.site.close();
    await given.client.close();
  });
  afterAll(() => given.broker.remove());
  return given;
}
