import { problemsOf } from '../../test/support/settings-problems';

describe('variables that are nearly ours', () => {
  it.each([
    ['MONGO_URL', 'MONGODB_URI'],
    ['MONGO_URI', 'MONGODB_URI'],
    ['MONGODB_URL', 'MONGODB_URI'],
    ['CPS_MONGO_URL', 'MONGODB_URI'],
    ['AMQP_URI', 'AMQP_URL'],
    ['CPS_AMQP_URL', 'AMQP_URL'],
    ['RABBITMQ_URL', 'AMQP_URL'],
    ['ALERTMANAGER_URL', 'ALARM_ALERTMANAGER_URL'],
    ['LOGLEVEL', 'LOG_LEVEL'],
    ['log_level', 'LOG_LEVEL'],
    ['DATADIR', 'DATA_DIR'],
    ['AMQP_PREFECTH', 'AMQP_PREFETCH'],
    ['AMQP_PREFETC', 'AMQP_PREFETCH'],
    ['METRIC_PORT', 'METRICS_PORT'],
    ['HEARTBEAT_AMQP_URL', 'AMQP_URL'],
  ])('as %s, are refused with the right name, without their value', (name, meant) => {
    expect(problemsOf({ [name]: 's3cret' })).toEqual([`${name} is not a setting: ${meant} is meant`]);
  });

  it.each([
    'HOME',
    'PATH',
    'POST',
    'ROLES',
    'DATABASE_URL',
    'MONGODB',
    'AMQP_PORT_5672_TCP',
    'PGDATA',
    'HOSTNAME',
  ])('are not such as %s', (name) => expect(problemsOf({ [name]: 'x' })).toEqual([]));

  it('are let pass where the right one is set too', () => {
    expect(problemsOf({ CPS_AMQP_URL: 'amqp://a/b', AMQP_URL: 'amqp://a/b' })).toEqual([]);
  });
});

describe('a Service of Kubernetes whose name makes one of our variables', () => {
  it('is named as the cause', () => {
    const [problem, ...more] = problemsOf({ METRICS_PORT: 'tcp://10.0.0.1:9464' });
    expect([problem, more]).toEqual([
      expect.stringContaining('for the Service metrics; set enableServiceLinks'),
      [],
    ]);
    expect(problemsOf({ METRICS_PORT: '9464', METRICS_PORT_9464_TCP: 'tcp://10.0.0.1:9464' })).toEqual([]);
  });
});

describe('a webhook on a port that browsers do not call', () => {
  it.each([1, 6000, 6667, 10080])('is taken: %d', (port) => {
    expect(problemsOf({ ALARM_WEBHOOK_URL: `http://hooks.example:${port}/x` })).toEqual([]);
  });
});
