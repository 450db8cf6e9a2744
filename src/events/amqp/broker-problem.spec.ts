import { brokerProblem } from './broker-problem';

const URL_OF_BROKER = 'amqp://canopsis:s3cret@host/monitoring%2Fa';

describe('what is wrong with the broker', () => {
  it.each<[string, unknown, RegExp]>([
    [
      'a virtual host',
      new Error('Expected ConnectionOpenOk; got <ConnectionClose channel:0>'),
      /virtual host monitoring\/a/,
    ],
    [
      'a password',
      new Error(
        'Handshake terminated by server: 403 (ACCESS-REFUSED) with message "ACCESS_REFUSED - Login was refused"',
      ),
      /Login was refused.*compare user and password/,
    ],
    [
      'a permission',
      Object.assign(new Error('access to queue refused'), { code: 403 }),
      /lacks a permission/,
    ],
    [
      'a port',
      Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }),
      /nobody listens there/,
    ],
    [
      'a name with several addresses',
      Object.assign(new Error(''), { code: 'ECONNREFUSED' }),
      /^ECONNREFUSED; nobody/,
    ],
    ['anything else', new Error('odd'), /^odd$/],
    ['nothing', undefined, /^unknown error$/],
  ])('is said with its cure: %s', (_what, error, text) => {
    expect(brokerProblem(error, URL_OF_BROKER)).toMatch(text);
    expect(brokerProblem(error, URL_OF_BROKER)).not.toContain('s3cret');
  });
});
