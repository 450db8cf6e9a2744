import { connect } from 'node:net';
import type { Answer } from './application';

/** What came back over a plain socket. */
export interface Exchange {
  /** Whole answers, in the order in which they came; `100 Continue` and the like are left out. */
  answers: Answer[];
  /** True where the server closed the connection, false where it went on after the answers that were waited for. */
  closed: boolean;
}

/** The Authorization header of the documented user. */
export const ROOT = `Authorization: Basic ${Buffer.from('root:root').toString('base64')}`;

/** @returns a request as text, with `Content-Length` where it has a body */
export const request = (line: string, headers: readonly string[] = [], body = ''): string =>
  [
    `${line} HTTP/1.1`,
    'Host: test',
    ...headers,
    ...(body === '' ? [] : [`Content-Length: ${Buffer.byteLength(body)}`]),
    '',
    body,
  ].join('\r\n');

/**
 * Sends bytes as they are and reads until so many answers have come, or the server has closed the connection.
 * @param bodyless true for answers to HEAD, which have a length and no body
 */
export function exchange(
  url: string,
  bytes: string | Buffer | readonly (string | Buffer)[],
  { answers: wanted = 1, bodyless = false } = {},
): Promise<Exchange> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    let received = Buffer.alloc(0);
    const socket = connect(Number(port), hostname.replace(/^\[|\]$/g, ''));
    const finish = (closed: boolean): void => {
      socket.destroy();
      resolve({ answers: parseAnswers(received, bodyless), closed });
    };
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      const answers = parseAnswers(received, bodyless);
      // An answer that announces the end of the connection is seen through to it.
      const goesOn = answers.at(-1)?.headers.get('connection') !== 'close';
      if (answers.length >= wanted && goesOn) finish(false);
    });
    socket.on('end', () => finish(true)).on('error', () => finish(true));
    for (const part of typeof bytes === 'string' || Buffer.isBuffer(bytes) ? [bytes] : bytes) {
      socket.write(part);
    }
  });
}

/** The whole answers in these bytes. `bodyless` as for {@link exchange}. */
export function parseAnswers(received: Buffer, bodyless: boolean): Answer[] {
  const answers: Answer[] = [];
  for (let rest = received; ;) {
    const end = rest.indexOf('\r\n\r\n');
    if (end < 0) return answers;
    const [statusLine = '', ...lines] = rest.subarray(0, end).toString('latin1').split('\r\n');
    const status = Number(statusLine.split(' ')[1]);
    const headers = new Headers(lines.map((line) => line.split(/:\s*(.*)/, 2) as [string, string]));
    const length = bodyless || status < 200 ? 0 : Number(headers.get('content-length') ?? 0);
    const body = rest.subarray(end + 4, end + 4 + length);
    if (body.length < length) return answers;
    rest = rest.subarray(end + 4 + length);
    const text = body.toString();
    if (status >= 200) answers.push({ status, headers, text, json: jsonOf(text) });
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
