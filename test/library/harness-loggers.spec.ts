import { Logger } from '@nestjs/common';
import { type HeartbeatApp, startHeartbeatApp } from '../../src/testing';
import { KeepingLogger } from '../support/log';

describe('the log of an application for tests', () => {
  const ofProcess = new KeepingLogger();
  const mine = new KeepingLogger();
  const theirs = new KeepingLogger();
  let apps: HeartbeatApp[] = [];

  beforeAll(() => {
    Logger.overrideLogger(ofProcess);
  });
  afterEach(async () => {
    await Promise.all(apps.map((app) => app.stop()));
    apps = [];
  });

  it('goes to its own logger, at its start, while it answers, and when an alarm is raised', async () => {
    const [first, second, silent] = await Promise.all([
      startHeartbeatApp({ logger: mine }),
      startHeartbeatApp({ logger: theirs }),
      startHeartbeatApp(),
    ]);
    apps = [first, second, silent];
    expect(mine.of('Engine')).toContain('watching 0 heartbeats');
    await first.createHeartbeat({ pattern: { connector: 'mine' }, expected_interval: '10s' });
    await second.createHeartbeat({ pattern: { connector: 'theirs' }, expected_interval: '10s' });
    await silent.createHeartbeat({ pattern: { connector: 'nobody' }, expected_interval: '10s' });
    expect(mine.of('Audit')).toHaveLength(1);
    expect(theirs.of('Audit')).toHaveLength(1);

    await second.clock.advance(11_000);
    const alarms = theirs.entries.filter(({ message }) => String(message).includes('connector:theirs'));
    expect(alarms).not.toEqual([]);
    expect(mine.entries.filter((entry) => alarms.some(({ message }) => message === entry.message))).toEqual(
      [],
    );
    await second.stop();
    await silent.stop();
    new Logger('The application under test').log('goes on');
    expect(ofProcess.entries.map(({ message }) => message)).toEqual(['goes on']);
  });

  it('stays its own when somebody sets the logger of the process', async () => {
    const app = await startHeartbeatApp({ logger: mine });
    apps = [app];
    const other = new KeepingLogger();
    Logger.overrideLogger(other);
    const before = mine.of('Audit').length;
    await app.createHeartbeat({ pattern: { connector: 'c1' }, expected_interval: '10s' });
    new Logger('The application under test').warn('now here');
    expect(mine.of('Audit')).toHaveLength(before + 1);
    expect(other.entries.map(({ message }) => message)).toEqual(['now here']);
  });
});
