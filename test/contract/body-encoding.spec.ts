import { gzipSync } from 'node:zlib';
import type { HttpFramework } from '../../src/http/adapters';
import { TestApplication, startTestApplication } from '../support/application';
import {
  ERRORS,
  Expected,
  HEARTBEATS,
  expectAnswer,
  heartbeat,
  list,
  read,
  removeAll,
} from '../support/canopsis';
import { ROOT, exchange } from '../support/raw-http';

const MIB = 1024 * 1024;
const JSON_TYPE = 'application/json';
const CREATED: Expected = [200, { name: 'heartbeat created', description: expect.any(String) as string }];

/** A valid body of exactly so many bytes. */
function bodyOf(bytes: number): string {
  const body = JSON.stringify({ ...heartbeat(), description: '' });
  return body.replace('"description":""', `"description":"${'x'.repeat(bytes - body.length)}"`);
}

const nested = (depth: number, inside = ''): string => `${'['.repeat(depth)}${inside}${']'.repeat(depth)}`;

describe.each<[HttpFramework]>([['fastify'], ['express']])('the bytes of a body on %s', (framework) => {
  let app: TestApplication;
  beforeAll(async () => {
    app = await startTestApplication({ framework });
  });
  afterAll(() => app.close());

  const post = (
    body: string | Uint8Array<ArrayBuffer>,
    headers: Record<string, string> = { 'Content-Type': JSON_TYPE },
  ): ReturnType<TestApplication['request']> => app.request('POST', HEARTBEATS, { body, headers });

  it.each([
    'application/json',
    'Application/JSON',
    'application/json; charset=utf-8',
    'application/json;charset=UTF-8',
    'APPLICATION/JSON ; charset=latin1; a="b;c"',
    'application/json;',
  ])('are read as JSON when they are said to be %s', async (type) => {
    expectAnswer(await post(JSON.stringify(heartbeat()), { 'Content-Type': type }), CREATED);
  });

  it.each([
    ['text/plain'],
    ['text/plain;charset=UTF-8'],
    ['application/x-www-form-urlencoded'],
    ['multipart/form-data; boundary=x'],
    ['application/jsonp'],
    ['application/json2; a=b'],
    ['application/merge-patch+json'],
    ['application/problem+json'],
    ['text/json'],
    ['application/xml, application/json'],
    ['text/plain; application/json'],
    ['json'],
    ['/'],
    [';'],
    ['application/'],
    ['é'],
    ['*/*'],
  ])('are refused when they are said to be %s', async (type) => {
    for (const method of ['POST', 'PUT']) {
      const path = method === 'POST' ? HEARTBEATS : `${HEARTBEATS}/any`;
      const body = JSON.stringify(heartbeat());
      const answer = await app.request(method, path, { body, headers: { 'Content-Type': type } });
      expectAnswer(answer, ERRORS.invalidPayload);
    }
  });

  it.each([
    ['no type', []],
    ['an empty type', ['Content-Type: ']],
  ])('are refused with %s', async (_what, headers) => {
    const body = JSON.stringify(heartbeat());
    const lines = [
      `POST ${HEARTBEATS} HTTP/1.1`,
      ROOT,
      ...headers,
      `Content-Length: ${body.length}`,
      '',
      body,
    ];
    const { answers } = await exchange(app.url, lines.join('\r\n'));
    expectAnswer(answers[0] ?? fail(), ERRORS.invalidPayload);
  });

  it.each([
    '',
    ' ',
    '{',
    '{}}',
    '{"pattern":{"a":"b"},"expected_interval":"10s",}',
    "{'pattern':{}}",
    '{pattern:{}}',
    'undefined',
    'NaN',
    '"a\nb"',
    '"\\x41"',
    '"\\u12"',
    '// comment\n{}',
    '{"a":01}',
    '\0{}',
    '\u00A0{}',
    'pattern=a&expected_interval=10s',
    '<heartbeat/>',
    '\uFEFF\uFEFF{}',
  ])('are refused when they are %j, which is not JSON', async (body) => {
    expectAnswer(await post(body), ERRORS.invalidJson);
  });

  const around = (bytes: number[]): Uint8Array<ArrayBuffer> =>
    Buffer.concat([
      Buffer.from('{"pattern":{"a":"'),
      Buffer.from(bytes),
      Buffer.from('"},"expected_interval":"10s"}'),
    ]);

  it.each([
    ['a byte that never occurs', [0xff]],
    ['Latin-1', [0xe9]],
    ['a byte too many', [0x80]],
    ['a character cut short', [0xf0, 0x9f, 0x98]],
    ['a longer form than needed', [0xc0, 0xaf]],
    ['half a surrogate pair', [0xed, 0xa0, 0x80]],
    ['a character past the last', [0xf4, 0x90, 0x80, 0x80]],
  ])('are refused when they are not UTF-8: %s', async (_what, bytes) => {
    expectAnswer(await post(around(bytes)), ERRORS.invalidJson);
  });

  it('are refused in UTF-16 and UTF-32', async () => {
    for (const body of [
      Buffer.from(JSON.stringify(heartbeat()), 'utf16le'),
      Buffer.from(`\uFEFF${JSON.stringify(heartbeat())}`, 'utf16le'),
      Buffer.from([0, 0, 0, 0x7b, 0, 0, 0, 0x7d]),
    ]) {
      expectAnswer(await post(new Uint8Array(body)), ERRORS.invalidJson);
    }
  });

  it('may begin with a byte order mark', async () => {
    const answer = await post(`\uFEFF${JSON.stringify(heartbeat({ pattern: { a: '\uFEFFkept' } }))}`);
    expectAnswer(answer, CREATED);
    const { description } = answer.json as { description: string };
    expect((await read(app, description)).pattern).toEqual({ a: '\uFEFFkept' });
  });

  it('are refused when they are compressed, whatever they are', async () => {
    for (const encoding of ['gzip', 'br', 'deflate', 'GZIP', 'x', 'gzip, identity']) {
      const headers = { 'Content-Type': JSON_TYPE, 'Content-Encoding': encoding };
      const plain = JSON.stringify(heartbeat());
      for (const body of [new Uint8Array(gzipSync(plain)), plain]) {
        const answer = await post(body, headers);
        expectAnswer(answer, ERRORS.unsupportedEncoding);
        expect(answer.headers.get('accept-encoding')).toBe('identity');
      }
    }
    const headers = { 'Content-Type': JSON_TYPE, 'Content-Encoding': 'Identity' };
    expectAnswer(await post(JSON.stringify(heartbeat()), headers), CREATED);
  });

  it('may be one MiB, and not one more', async () => {
    await removeAll(app);
    const body = bodyOf(MIB);
    expect(Buffer.byteLength(body)).toBe(MIB);
    expectAnswer(await post(body), CREATED);
    expectAnswer(await post(bodyOf(MIB + 1)), ERRORS.tooLarge);
    expect(await list(app)).toHaveLength(1);
  });

  it.each(['POST', 'PUT', 'DELETE'])('are refused in a %s that says that it is too large', async (method) => {
    const path = method === 'POST' ? HEARTBEATS : `${HEARTBEATS}/any`;
    const head = [`${method} ${path} HTTP/1.1`, ROOT, `Content-Type: ${JSON_TYPE}`];
    for (const length of ['1048577', '9007199254740991', '18446744073709551615']) {
      const { answers } = await exchange(
        app.url,
        [...head, `Content-Length: ${length}`, '', ''].join('\r\n'),
      );
      expectAnswer(answers[0] ?? fail(), ERRORS.tooLarge);
    }
  });

  const chunked = (body: string, size: number): string[] => {
    const chunks = [];
    for (let at = 0; at < body.length; at += size) {
      const part = body.slice(at, at + size);
      chunks.push(`${part.length.toString(16)}\r\n${part}\r\n`);
    }
    const head = [
      `POST ${HEARTBEATS} HTTP/1.1`,
      ROOT,
      `Content-Type: ${JSON_TYPE}`,
      'Transfer-Encoding: chunked',
    ];
    return [`${head.join('\r\n')}\r\n\r\n`, ...chunks, '0\r\n\r\n'];
  };

  it('may come in chunks without a length', async () => {
    const { answers, closed } = await exchange(app.url, chunked(JSON.stringify(heartbeat()), 7));
    expectAnswer(answers[0] ?? fail(), CREATED);
    expect(closed).toBe(false);
    const [whole] = (await exchange(app.url, chunked(bodyOf(MIB), 65_536))).answers;
    expectAnswer(whole ?? fail(), CREATED);
  });

  it.each(['gzip, chunked', 'deflate,chunked', 'identity, chunked'])(
    'are not read when they are transferred as %s',
    async (transfer) => {
      const [head = '', ...chunks] = chunked(JSON.stringify(heartbeat()), 20);
      const given = head.replace('Encoding: chunked', `Encoding: ${transfer}`);
      const { answers } = await exchange(app.url, [given, ...chunks]);
      expectAnswer(answers[0] ?? fail(), [501, { name: '', description: 'not implemented.' }]);
      const stranger = given.replace(ROOT, 'X-Nobody: here');
      const [refused] = (await exchange(app.url, [stranger, ...chunks])).answers;
      expectAnswer(refused ?? fail(), ERRORS.unauthenticated);
    },
  );

  it('may not go past the limit in chunks either', async () => {
    const before = await list(app);
    for (const size of [MIB + 1, 2 * MIB]) {
      const { answers } = await exchange(app.url, chunked(bodyOf(size), 65_536));
      expect(answers.map(({ status }) => status)).toEqual([413]);
      expectAnswer(answers[0] ?? fail(), ERRORS.tooLarge);
    }
    expect(await list(app)).toStrictEqual(before);
  });

  it.each([
    ['never closed', '['.repeat(500_000), ERRORS.invalidJson],
    ['and closed', nested(500_000), ERRORS.invalidPayload],
    ['in the pattern', `{"expected_interval":"10s","pattern":${nested(500_000)}}`, ERRORS.invalidPayload],
    ['in a value', `{"expected_interval":"10s","pattern":{"a":${nested(500_000)}}}`, ERRORS.invalidPayload],
    ['of objects', `${'{"pattern":'.repeat(80_000)}1${'}'.repeat(80_000)}`, ERRORS.invalidPayload],
  ])('may nest deeply, %s, without harm', async (_what, body, expected) => {
    expectAnswer(await post(body), expected);
  });

  it('may nest deeply in a field that is ignored', async () => {
    const body = JSON.stringify(heartbeat()).replace('{', `{"ignored":${nested(400_000)},`);
    expectAnswer(await post(body), CREATED);
  });

  it('that never come to an end harm nobody', async () => {
    const before = await list(app);
    const head = [`POST ${HEARTBEATS} HTTP/1.1`, ROOT, `Content-Type: ${JSON_TYPE}`, 'Content-Length: 100'];
    const text = `${head.join('\r\n')}\r\n\r\n{"pattern`;
    const { hostname, port } = new URL(app.url);
    const { connect } = await import('node:net');
    for (let n = 0; n < 20; n++) {
      await new Promise<void>((resolve) => {
        const socket = connect(Number(port), hostname, () => socket.write(text, () => socket.destroy()));
        socket.on('close', () => resolve());
      });
    }
    expect(await list(app)).toStrictEqual(before);
  });
});

function fail(): never {
  throw new Error('no answer came');
}
