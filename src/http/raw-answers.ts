import { STATUS_CODES, Server, ServerResponse, IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { CACHE_CONTROL } from '../canopsis/answers';
import type { ErrorAnswer } from '../canopsis/error-format';
import { REQUEST_ID, requestIdOf } from '../nest/request-id';
import { ParserError, servesDel } from './del-method';
import type { PreBodyHook, PreBodyRequest } from './pre-body-hook';
import { answerTo } from './error-format';
import { HEAD_LIMIT, isAnswering, requestOn } from './limits';
import { PROTECTIVE_HEADERS } from './protective-headers';
import type { AccessLog } from './access-log';

/** What Node's HTTP parser calls the errors that have a status of their own; all others are 400. */
const PARSER_STATUS: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};

const headersOf = (answer: ErrorAnswer, text: string): Record<string, string> => ({
  ...(answer.body && { 'Content-Type': 'application/json; charset=utf-8' }),
  'Content-Length': String(Buffer.byteLength(text)),
  'Cache-Control': CACHE_CONTROL,
  ...answer.headers,
});

const PROTECTED = Object.fromEntries(PROTECTIVE_HEADERS);

const withStatus = (status: number): Error => Object.assign(new Error('HTTP parser'), { status });

const textOf = ({ body }: ErrorAnswer): string => (body === undefined ? '' : JSON.stringify(body));

/** Answers in the Canopsis format what Node could not parse as a request, and closes the connection. */
export function answerUnparsable(error: ParserError, socket: Socket): void {
  if (servesDel(error, socket)) return;
  if (error.code === 'ECONNRESET' || !socket.writable || isAnswering(socket)) {
    socket.destroy();
    return;
  }
  const status = PARSER_STATUS[error.code ?? ''] ?? 400;
  answerAndClose(answerTo(withStatus(status), { url: unparsableUrl(error, socket) }), socket);
}

/**
 * What was asked for, as far as it can be known: the first line may be in what could not be parsed, or the head was read
 * and the body was not. Of a head that comes too slowly nothing is known.
 */
function unparsableUrl({ rawPacket }: ParserError, socket: Socket): string | undefined {
  const line = Buffer.isBuffer(rawPacket) ? rawPacket.toString('latin1', 0, HEAD_LIMIT) : '';
  return /^[A-Z]+ (\S+)/.exec(line)?.[1] ?? requestOn(socket)?.url;
}

function answerAndClose(answer: ErrorAnswer, socket: Duplex, more: Record<string, string> = {}): void {
  const text = textOf(answer);
  const headers = Object.entries({ ...headersOf(answer, text), ...PROTECTED, ...more, Connection: 'close' });
  const head = [
    `HTTP/1.1 ${answer.statusCode} ${STATUS_CODES[answer.statusCode]}`,
    ...headers.map(([name, value]) => `${name}: ${value}`),
  ];
  // Destroyed when it is flushed: what was not parsed is never read.
  socket.end(`${head.join('\r\n')}\r\n\r\n${text}`, () => socket.destroy());
}

/** Writes a Canopsis error to a plain Node response, where no framework is involved. */
export function answerPlainly(answer: ErrorAnswer, response: ServerResponse): void {
  const text = textOf(answer);
  const id = requestIdOf(response);
  const headers = headersOf(answer, text);
  if (id !== undefined) headers[REQUEST_ID] = id;
  response.writeHead(answer.statusCode, headers).end(text);
}

/** The same on the standalone application, whose answers have the protective headers. */
export function answerProtected(answer: ErrorAnswer, response: ServerResponse): void {
  for (const [name, value] of PROTECTIVE_HEADERS) response.setHeader(name, value);
  answerPlainly(answer, response);
}

/**
 * Makes a server answer in the Canopsis format what Node never gives to a framework: an `Expect` that nobody can meet
 * (Node's own answer is empty) and CONNECT (Node's own answer is to close the connection).
 * @param first what comes before any other answer
 * @param watch told of the answers that Node makes no response object for
 */
export function handleExpectAndConnect(server: Server, first: PreBodyHook, watch?: AccessLog): void {
  server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) =>
    first(request as PreBodyRequest, response, (problem) =>
      answerProtected(answerTo(problem ?? withStatus(417), request), response),
    ),
  );
  server.on('connect', (request: IncomingMessage, socket: Duplex) => {
    socket.on('error', () => socket.destroy());
    first(request as PreBodyRequest, undefined, (problem) => {
      const answer = answerTo(problem ?? withStatus(400), request);
      answerAndClose(answer, socket, watch && { [REQUEST_ID]: watch.answered(request, answer.statusCode) });
    });
  });
}
