import { connect } from 'amqplib';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { brokerProblem } from './broker-problem';

const URL_OF_BROKER = 'amqp://canopsis:s3cret@host/monitoring%2Fa';

/** Answers as soon as something comes, and ends. */
async function withServer(answer: string, act: (port: number) => Promise<void>): Promise<void> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined).once('data', () => socket.end(answer));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  try {
    await act((server.address() as AddressInfo).port);
  } finally {
    server.close();
  }
}

describe('a port that is none of a broker', () => {
  const HTTP = 'HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n';
  it.each<[string, string, string, RegExp]>([
    ['an HTTP server', 'amqp', HTTP, /; the other side ended the connection: no AMQP broker .*compare host/],
    ['one that closes', 'amqp', '', /; the other side ended the connection: no AMQP broker .*compare host/],
    ['one that closes, by TLS', 'amqps', '', /; the other side ended the connection: no AMQP broker/],
    [
      'a broker without TLS, by TLS',
      'amqps',
      'AMQP\0\0\x09\x01',
      /^wrong version number; no TLS is spoken there: write amqp: instead of amqps:/,
    ],
    ['an HTTP server, by TLS', 'amqps', HTTP, /^[a-z ]+; no TLS is spoken there: write amqp:/],
  ])('is said with its cure, and nothing of a virtual host: %s', async (_what, protocol, answer, text) => {
    await withServer(answer, async (port) => {
      const url = `${protocol}://canopsis:s3cret@localhost:${port}/v`;
      const error: unknown = await connect(url, { timeout: 10_000 }).catch((cause: unknown) => cause);
      expect(brokerProblem(error, url)).toMatch(text);
      expect(brokerProblem(error, url)).not.toMatch(/virtual host|s3cret|openssl/);
    });
  });
});

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
    [
      'a port where nobody says anything',
      new Error('connect ETIMEDOUT'),
      /^connect ETIMEDOUT; nobody answers there: compare host and port/,
    ],
    [
      'a queue that somebody has for himself',
      Object.assign(new Error("ACCESS_REFUSED - queue 'q' in vhost '/' in exclusive use"), { code: 403 }),
      /exclusive use; somebody else has the queue for itself: stop/,
    ],
    [
      'a queue that is locked',
      Object.assign(new Error('RESOURCE_LOCKED - cannot obtain exclusive access to locked queue'), {
        code: 405,
      }),
      /locked queue; somebody else has the queue for itself/,
    ],
    [
      'an internal exchange',
      Object.assign(new Error('ACCESS_REFUSED - cannot publish to internal exchange'), { code: 403 }),
      /internal exchange; nobody may publish to it: make one/,
    ],
    [
      'too few channels',
      Object.assign(
        new Error('NOT_ALLOWED - number of channels opened for user has reached the limit of (1)'),
        {
          code: 530,
        },
      ),
      /; the limit of channels is too low; .*set_user_limits$/,
    ],
    [
      'a certificate for another name',
      Object.assign(new Error('Host: b. is not in the cert'), { code: 'ERR_TLS_CERT_ALTNAME_INVALID' }),
      /; the certificate of the broker is for another name/,
    ],
    ['anything else', new Error('odd'), /^odd$/],
    ['nothing', undefined, /^unknown error$/],
  ])('is said with its cure: %s', (_what, error, text) => {
    expect(brokerProblem(error, URL_OF_BROKER)).toMatch(text);
    expect(brokerProblem(error, URL_OF_BROKER)).not.toContain('s3cret');
  });
});
