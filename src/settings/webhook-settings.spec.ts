import { problemsOf } from '../../test/support/settings-problems';

describe('the broker and the webhook', () => {
  it('can both get the alarms', () => {
    expect(problemsOf({ AMQP_URL: 'amqp://a', ALARM_WEBHOOK_URL: 'http://a' })).toEqual([]);
  });

  it.each([
    ['ALARM_WEBHOOK_SECRET', 's'],
    ['ALARM_WEBHOOK_HEADERS', 'a=b'],
    ['ALARM_WEBHOOK_TEMPLATE', '"{{output}}"'],
    ['ALARM_WEBHOOK_CONTENT_TYPE', 'text/plain'],
    ['ALARM_WEBHOOK_TIMEOUT', '1s'],
  ])('refuse %s without a webhook', (name, value) => {
    expect(problemsOf({ [name]: value })).toEqual([
      `${name} is of use with ALARM_WEBHOOK_URL only: set that too, or unset it`,
    ]);
  });

  it.each([
    ['s3cret', 'has no name of a header'],
    ['a=b,,c=d', 'has no name of a header'],
    ['a b=s3cret', 'has no name of a header'],
    ['Content-Type=s3cret', 'is a header that is set already'],
    ['x-heartbeat-id=s3cret', 'is a header that is set already'],
    ['a=s3cret%', 'is not percent-encoded'],
    ['a=s3cret%0D%0Ab', 'has a character that no header can hold'],
    ['a=s3cret%E2%82%AC', 'has a character that no header can hold'],
  ])('refuse the headers %j', (headers, what) => {
    const entry = headers.includes(',,') ? 2 : 1;
    expect(problemsOf({ ALARM_WEBHOOK_URL: 'http://a', ALARM_WEBHOOK_HEADERS: headers })).toEqual([
      `ALARM_WEBHOOK_HEADERS should be name=value pairs with commas between; entry ${entry} ${what}`,
    ]);
  });

  it.each([
    ['text/plain; charset=utf-8', 0],
    ['application/vnd.api+json', 0],
    ['text', 1],
    ['text/plain\r\nX: y', 1],
    ['text/plain; charset', 1],
  ])('have a content type that is one: %j', (type, problems) => {
    const env = { ALARM_WEBHOOK_URL: 'http://a', ALARM_WEBHOOK_CONTENT_TYPE: type };
    expect(problemsOf(env)).toHaveLength(problems);
  });

  it('refuse more than a minute for an answer', () => {
    expect(problemsOf({ ALARM_WEBHOOK_URL: 'http://a', ALARM_WEBHOOK_TIMEOUT: '61s' })).toEqual([
      'ALARM_WEBHOOK_TIMEOUT should be a time from 1s to 1m, not "61s"',
    ]);
  });

  it('refuse a proxy of another kind, where alarms are posted', () => {
    const env = { HTTPS_PROXY: 'socks5://u:s3cret@a:1080', no_proxy: '*' };
    expect(problemsOf(env)).toEqual([]);
    for (const receiver of ['ALARM_WEBHOOK_URL', 'ALARM_ALERTMANAGER_URL']) {
      expect(problemsOf({ ...env, [receiver]: 'https://a' })).toEqual([
        'HTTPS_PROXY should be http://HOST:PORT or https://HOST:PORT',
      ]);
    }
  });

  it.each(['/api/v2/alerts', '/am/api/v2', '/api/v1/alerts/', '/?a=s3cret'])(
    'refuse an Alertmanager at %s, which is not its own address',
    (path) => {
      expect(problemsOf({ ALARM_ALERTMANAGER_URL: `http://u:s3cret@a:9093${path}` })).toEqual([
        'ALARM_ALERTMANAGER_URL should be the address of Alertmanager itself, without /api/v2/alerts and without ?',
      ]);
    },
  );
});
