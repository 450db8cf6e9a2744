import fc from 'fast-check';
import { problemsOf } from '../../test/support/settings-problems';
import { readSettings, SETTING_NAMES } from './settings';

const ENCODED = 'percent-encoded (@ as %40, / as %2F, # as %23, ? as %3F, % as %25)';

describe('readSettings', () => {
  it('gives the documented defaults for an empty environment', () => {
    expect(readSettings({})).toEqual({
      host: '127.0.0.1',
      port: 8082,
      dataDir: './data',
      dialect: 'canopsis-4',
      role: 'all',
      webPage: 'on',
      amqpPrefetch: 1000,
      amqpExchange: 'canopsis.events',
      amqpQueue: 'Engine_heartbeat',
      pathCheck: 'on',
      tolerance: { ms: 0 },
      blindGraceMs: 300_000,
      alarmWebhookTimeoutMs: 5_000,
      loginFailures: 10,
      maxConnections: 10_000,
      logLevel: 'log',
      logFormat: 'auto',
      slowRequestMs: 2_000,
      metricsHost: '127.0.0.1',
      metricsHeartbeats: 0,
      users: new Map([['root', 'root']]),
      defaultUsers: true,
    });
  });

  it('reads every setting', () => {
    const env = {
      HOST: '0.0.0.0',
      PORT: '0',
      MONGODB_URI: 'mongodb://u:p@a:27017,b:27018/canopsis?replicaSet=rs0',
      DATA_DIR: '/srv/heartbeats',
      HEARTBEAT_DIALECT: 'canopsis-3',
      HEARTBEAT_USERS: 'a:b',
      ROLE: 'api',
      WEB_PAGE: 'off',
      AMQP_PREFETCH: '65535',
      AMQP_EXCHANGE: 'other.events',
      AMQP_QUEUE: 'Engine_heartbeat_2',
      PATH_CHECK: 'off',
      TOLERANCE: '7.5%',
      BLIND_GRACE: '90s',
      ALARM_WEBHOOK_URL: 'https://u:p@hooks.example/alarms?key=1',
      ALARM_WEBHOOK_SECRET: ' secret ',
      ALARM_WEBHOOK_HEADERS: 'Authorization=Bearer%20a%2Cb, X-Site=north',
      ALARM_WEBHOOK_TEMPLATE: '@/etc/heartbeat/slack',
      ALARM_WEBHOOK_CONTENT_TYPE: 'text/plain; charset=utf-8',
      ALARM_WEBHOOK_TIMEOUT: '30s',
      ALARM_ALERTMANAGER_URL: 'https://u:p@alerts.example/am',
      HTTPS_PROXY: 'http://proxy:3128',
      http_proxy: 'proxy',
      NO_PROXY: 'localhost,.example',
      ALARM_REPEAT: '2h',
      LOGIN_FAILURES: '0',
      TRUSTED_PROXIES: '10.0.0.0/8, ::1',
      RATE_LIMIT_WRITES: '5',
      RATE_LIMIT_EVENTS: '500',
      MAX_CONNECTIONS: '64',
      LOG_LEVEL: 'verbose',
      LOG_FORMAT: 'json',
      SLOW_REQUEST: '1m',
      METRICS_PORT: '9464',
      METRICS_HOST: '::1',
      METRICS_CREDENTIALS: 'prometheus:a:b,c',
      METRICS_HEARTBEATS: '5000',
    };
    expect(readSettings(env)).toEqual({
      host: '0.0.0.0',
      port: 0,
      mongodbUri: env.MONGODB_URI,
      dataDir: '/srv/heartbeats',
      dialect: 'canopsis-3',
      users: new Map([['a', 'b']]),
      defaultUsers: false,
      role: 'api',
      webPage: 'off',
      amqpPrefetch: 65_535,
      amqpExchange: 'other.events',
      amqpQueue: 'Engine_heartbeat_2',
      pathCheck: 'off',
      tolerance: { percent: 7.5 },
      blindGraceMs: 90_000,
      alarmWebhookUrl: env.ALARM_WEBHOOK_URL,
      alarmWebhookSecret: ' secret ',
      alarmWebhookHeaders: { Authorization: 'Bearer a,b', 'X-Site': 'north' },
      alarmWebhookTemplate: '@/etc/heartbeat/slack',
      alarmWebhookContentType: 'text/plain; charset=utf-8',
      alarmWebhookTimeoutMs: 30_000,
      alarmAlertmanagerUrl: env.ALARM_ALERTMANAGER_URL,
      httpsProxy: 'http://proxy:3128',
      httpProxy: 'proxy',
      noProxy: 'localhost,.example',
      alarmRepeatMs: 7_200_000,
      loginFailures: 0,
      trustedProxies: ['10.0.0.0/8', '::1'],
      rateLimitWrites: 5,
      rateLimitEvents: 500,
      maxConnections: 64,
      logLevel: 'verbose',
      logFormat: 'json',
      slowRequestMs: 60_000,
      metricsPort: 9464,
      metricsHost: '::1',
      metricsCredentials: { name: 'prometheus', password: 'a:b,c' },
      metricsHeartbeats: 5_000,
    });
  });

  it('takes an empty variable as unset', () => {
    const empty = Object.fromEntries([...SETTING_NAMES, 'HEARTBEAT_UNKNOWN'].map((name) => [name, '']));
    expect(readSettings(empty)).toEqual(readSettings({}));
  });

  it('ignores variables that are none of its own', () => {
    expect(readSettings({ PATH: '/bin', MY_HEARTBEAT_USERS: 'x' })).toEqual(readSettings({}));
  });

  it('reports all problems together, each with its variable, what it should be and what it is', () => {
    const env = {
      HOST: '[::1]',
      PORT: '80 82',
      HEARTBEAT_DIALECT: 'canopsis-5',
      LOG_LEVEL: 'LOG',
      MONGODB_URI: 'x',
    };
    expect(problemsOf(env)).toEqual([
      'HOST should be an IP address (IPv6 without brackets) or a host name, not "[::1]"',
      'PORT should be a whole number from 0 to 65535, not "80 82"',
      `MONGODB_URI should be mongodb://HOST… or mongodb+srv://HOST…, user and password ${ENCODED}`,
      'HEARTBEAT_DIALECT should be one of canopsis-3, canopsis-4, canopsis-4.3, not "canopsis-5"',
      'LOG_LEVEL should be one of fatal, error, warn, log, debug, verbose, not "LOG"',
    ]);
    expect(() => readSettings(env)).toThrow(
      /^The settings are not valid:\n {2}- HOST should be .*\n {2}- PORT should be /,
    );
  });

  it.each(['-1', '65536', '8082.5', '0x1F92', '1e3', ' 8082', 'http'])('refuses port %j', (port) => {
    expect(problemsOf({ PORT: port })).toHaveLength(1);
  });

  it.each(['127.0.0.1:80', 'http://a', 'a b', '-a', 'a..b', 'a/b', 'x'.repeat(254)])(
    'refuses host %j',
    (host) => {
      expect(problemsOf({ HOST: host, HEARTBEAT_USERS: 'a:b' })).toHaveLength(1);
    },
  );

  it.each(['::', '0.0.0.0', 'heartbeat.example.org', 'my_host', 'fe80::1%eth0'])('takes host %j', (host) => {
    expect(readSettings({ HOST: host, HEARTBEAT_USERS: 'a:b' }).host).toBe(host);
  });

  it.each([
    ...['mongodb://', 'mongodb:///db', 'http://a', 'mongodb://a b', 'localhost:27017', 'MONGODB://a'],
    ...['mongodb://u:p@w@a/db', 'mongodb://u:p@b/w#1@a/db', 'mongodb://u:p#w@a', 'mongodb://u:p@b?w@a'],
    ...['mongodb://u:100%@a', 'mongodb://u:p/w@a', 'mongodb://u:p?w@a'],
  ])('refuses MongoDB URI %j', (uri) => expect(problemsOf({ MONGODB_URI: uri })).toHaveLength(1));

  it.each([
    'mongodb://a',
    'mongodb+srv://u:p@a.example/?tls=true',
    'mongodb://%2Ftmp%2Fx.sock/db',
    'mongodb://[::1]:1',
  ])('takes MongoDB URI %j', (uri) => expect(readSettings({ MONGODB_URI: uri }).mongodbUri).toBe(uri));

  it('never shows the value of a secret', () => {
    const secret = 'zQ7/x';
    fc.assert(
      fc.property(
        fc.constantFrom('', ':', ',', 'a:', 'mongodb://', 'a:b,', 'amqp://'),
        fc.string(),
        (before, after) => {
          const value = before + secret + after;
          const shown = problemsOf({
            HEARTBEAT_USERS: value,
            MONGODB_URI: ` ${value}`,
            AMQP_URL: ` ${value}`,
            ALARM_WEBHOOK_URL: ` ${value}`,
            ALARM_ALERTMANAGER_URL: ` ${value}`,
            METRICS_CREDENTIALS: ` ${value}`,
            HEARTBEAT_TOKEN: value,
          });
          expect(shown.length).toBeGreaterThan(0);
          expect(shown.join()).not.toContain(secret);
        },
      ),
    );
  });
});

describe('the broker and the webhook', () => {
  it.each([
    'amqp://a',
    'amqps://u:p%2F@a.example:5671/%2Fvhost?heartbeat=10',
    'amqp://guest:guest@127.0.0.1:5672',
    'amqp://[::1]/',
  ])('may be %j', (url) => expect(readSettings({ AMQP_URL: url }).amqpUrl).toBe(url));

  it.each([
    'amqp://',
    'amqp:///vhost',
    'amqp:a',
    'AMQP://a',
    'localhost:5672',
    'http://a',
    'amqp://u:p/w@a',
    'amqp://u:100%@a',
    'amqp://a:99999',
    'amqp://a ',
    'amqp://u:p@w@a/v',
    'amqp://u:p@b/c#1@a/v',
    'amqp://u:p#w@a',
    'amqp://u:p@b/w@a',
    'amqp://u:p@b?w@a',
  ])('refuse AMQP URL %j', (url) => {
    expect(problemsOf({ AMQP_URL: url })).toEqual([
      'AMQP_URL should be amqp://HOST… or amqps://HOST…, user, password and virtual host ' + ENCODED,
    ]);
  });

  it.each(['ftp://a', 'a/b', 'http:a', 'https://', 'http://u:100%@a', 'http://a b'])(
    'refuse webhook %j',
    (url) => {
      expect(problemsOf({ ALARM_WEBHOOK_URL: url })).toEqual([
        'ALARM_WEBHOOK_URL should be http://HOST… or https://HOST…, user and password ' + ENCODED,
      ]);
    },
  );

  it.each(['0', '65536', '-1', '1e3', ' 7', '1.0'])('refuse prefetch %j', (prefetch) => {
    expect(problemsOf({ AMQP_PREFETCH: prefetch })).toEqual([
      `AMQP_PREFETCH should be a whole number from 1 to 65535, not ${JSON.stringify(prefetch)}`,
    ]);
  });

  it.each(['0s', '5', 's', '5 m', '5m\n', '1d', '-1s', '87601h'])('refuse time %j', (time) => {
    const should = `should be a number with s, m or h behind it, from 1s to ten years, not ${JSON.stringify(time)}`;
    expect(problemsOf({ BLIND_GRACE: time, ALARM_REPEAT: time })).toEqual([
      `BLIND_GRACE ${should}`,
      `ALARM_REPEAT ${should}`,
    ]);
  });
});

describe('unknown HEARTBEAT_ variables', () => {
  it('are reported as probable typing errors', () => {
    expect(problemsOf({ HEARTBEAT_USER: 'a:b', HEARTBEAT_PORT: '80' })).toEqual([
      'HEARTBEAT_USER is not a setting: HEARTBEAT_USERS is meant',
      'HEARTBEAT_PORT is not a setting: PORT is meant',
    ]);
    expect(problemsOf({ HEARTBEAT_TOKEN: 'a' })).toEqual([
      'HEARTBEAT_TOKEN is not a setting: perhaps one of HEARTBEAT_DIALECT, HEARTBEAT_USERS, HEARTBEAT_USERS_FILE is meant',
    ]);
  });

  it('are let pass where Kubernetes set them for a Service', () => {
    const links = {
      HEARTBEAT_SERVICE_HOST: '10.0.0.1',
      HEARTBEAT_SERVICE_PORT: '8082',
      HEARTBEAT_SERVICE_PORT_HTTP: '8082',
      HEARTBEAT_PORT: 'tcp://10.0.0.1:8082',
      HEARTBEAT_PORT_8082_TCP: 'tcp://10.0.0.1:8082',
      HEARTBEAT_API_PORT_8082_TCP_ADDR: '10.0.0.1',
    };
    expect(problemsOf(links)).toEqual([]);
  });
});

describe('two servers of one process', () => {
  it('cannot listen on one port', () => {
    const same = ['METRICS_PORT should be another port than PORT, which is 9464 as well'];
    expect(problemsOf({ PORT: '9464', METRICS_PORT: '9464' })).toEqual(same);
    expect(problemsOf({ PORT: '9464', METRICS_PORT: '9464', METRICS_HOST: '::' })).toEqual(same);
    expect(problemsOf({ PORT: '9464', METRICS_PORT: '9464', METRICS_HOST: '127.0.0.2' })).toEqual([]);
    expect(problemsOf({ PORT: '9464', METRICS_PORT: '9465' })).toEqual([]);
  });
});
