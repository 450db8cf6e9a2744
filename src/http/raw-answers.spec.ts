import { once } from 'node:events';
import type { Socket } from 'node:net';
import { PassThrough } from 'node:stream';
import { PROTECTIVE_HEADERS } from './protective-headers';
import { answerUnparsable } from './raw-answers';

/** What a client gets for an error of Node's parser. */
async function answerTo(code: string | undefined): Promise<string> {
  const socket = new PassThrough();
  socket.setEncoding('utf8');
  answerUnparsable(Object.assign(new Error('Parse Error'), { code }), socket as unknown as Socket);
  const [text] = (await once(socket, 'data')) as [string];
  return text;
}

describe('answerUnparsable', () => {
  it.each([
    ['HPE_INVALID_METHOD', '400 Bad Request', 'bad request.'],
    [undefined, '400 Bad Request', 'bad request.'],
    ['HPE_HEADER_OVERFLOW', '431 Request Header Fields Too Large', 'request header fields too large.'],
    ['HPE_CHUNK_EXTENSIONS_OVERFLOW', '413 Payload Too Large', 'request body too large.'],
    ['ERR_HTTP_REQUEST_TIMEOUT', '408 Request Timeout', 'request timeout.'],
  ])(
    'answers %s with %s in the Canopsis format, and ends the connection',
    async (code, status, description) => {
      const [head = '', body = ''] = (await answerTo(code)).split('\r\n\r\n');
      const [statusLine, ...headers] = head.split('\r\n');
      expect(statusLine).toBe(`HTTP/1.1 ${status}`);
      expect(JSON.parse(body)).toStrictEqual({ name: '', description });
      expect(headers).toEqual([
        'Content-Type: application/json; charset=utf-8',
        `Content-Length: ${Buffer.byteLength(body)}`,
        'Cache-Control: private, no-cache',
        ...PROTECTIVE_HEADERS.map((header) => header.join(': ')),
        'Connection: close',
      ]);
    },
  );

  it('writes nothing into the middle of another answer', () => {
    const socket = Object.assign(new PassThrough(), { _httpMessage: { headersSent: true } });
    answerUnparsable(
      Object.assign(new Error('late'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' }),
      socket as unknown as Socket,
    );
    expect([socket.destroyed, socket.readableLength]).toEqual([true, 0]);
  });

  it('writes nothing where nobody reads', () => {
    const socket = new PassThrough();
    answerUnparsable(Object.assign(new Error('reset'), { code: 'ECONNRESET' }), socket as unknown as Socket);
    expect([socket.destroyed, socket.readableLength]).toEqual([true, 0]);
  });
});
