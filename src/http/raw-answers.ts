import { STATUS_CODES, Server, ServerResponse, IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { CACHE_CONTROL } from '../canopsis/answers';
import { CanopsisError } from '../canopsis/canopsis-error';
import { errorAnswer } from '../canopsis/error-answer';
import { REQUEST_ID, requestIdOf } from '../canopsis/request-id';
import { ParserError, servesDel } from './del-method';
import type { EarlyHook, EarlyRequest } from './authentication-first';
import { isAnswering } from './limits';
import { PROTECTIVE_HEADERS } from './protective-headers';
import type { RequestWatch } from './request-watch';

/** What Node's HTTP parser calls the errors that have a status of their own; all others are 400. */
const PARSER_STATUS: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};

const headersOf = (answer: CanopsisError, text: string): Record<string, string> => ({
  'Content-Type': 'application/json; charset=utf-8',
  'Content-Length': String(Buffer.byteLength(text)),
  'Cache-Control': CACHE_CONTROL,
  ...answer.headers,
});

const PROTECTED = Object.fromEntries(PROTECTIVE_HEADERS);

const withStatus = (status: number): CanopsisError =>
  errorAnswer(Object.assign(new Error('HTTP parser'), { status }), '');

/** Answers in the Canopsis format what Node could not parse as a request, and closes the connection. */
export function answerUnparsable(error: ParserError, socket: Socket): void {
  if (servesDel(error, socket)) return;
  if (error.code === 'ECONNRESET' || !socket.writable || isAnswering(socket)) {
    socket.destroy();
    return;
  }
  answerAndClose(withStatus(PARSER_STATUS[error.code ?? ''] ?? 400), socket);
}

function answerAndClose(answer: CanopsisError, socket: Duplex, more: Record<string, string> = {}): void {
  const text = JSON.stringify(answer.body);
  const headers = Object.entries({ ...headersOf(answer, text), ...PROTECTED, ...more, Connection: 'close' });
  const head = [
    `HTTP/1.1 ${answer.status} ${STATUS_CODES[answer.status]}`,
    ...headers.map(([name, value]) => `${name}: ${value}`),
  ];
  // Destroyed when it is flushed: what was not parsed is never read.
  socket.end(`${head.join('\r\n')}\r\n\r\n${text}`, () => socket.destroy());
}

/** Writes a Canopsis error to a plain Node response, where no framework is involved. */
export function answerPlainly(answer: CanopsisError, response: ServerResponse): void {
  const text = JSON.stringify(answer.body);
  const id = requestIdOf(response);
  const headers = headersOf(answer, text);
  if (id !== undefined) headers[REQUEST_ID] = id;
  response.writeHead(answer.status, headers).end(text);
}

/** The same on the standalone application, whose answers have the protective headers. */
export function answerProtected(answer: CanopsisError, response: ServerResponse): void {
  for (const [name, value] of PROTECTIVE_HEADERS) response.setHeader(name, value);
  answerPlainly(answer, response);
}

/**
 * Makes a server answer in the Canopsis format what Node never gives to a framework: an `Expect` that nobody can meet
 * (Node's own answer is empty) and CONNECT (Node's own answer is to close the connection).
 * @param first what comes before any other answer
 * @param watch told of the answers that Node makes no response object for
 */
export function answerTheRest(server: Server, first: EarlyHook, watch?: RequestWatch): void {
  server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) =>
    first(request as EarlyRequest, response, (problem) =>
      answerProtected(problem === undefined ? withStatus(417) : errorAnswer(problem, ''), response),
    ),
  );
  server.on('connect', (request: IncomingMessage, socket: Duplex) => {
    socket.on('error', () => socket.destroy());
    first(request as EarlyRequest, undefined, (problem) => {
      const answer = problem === undefined ? withStatus(400) : errorAnswer(problem, '');
      answerAndClose(answer, socket, watch && { [REQUEST_ID]: watch.answered(request, answer.status) });
    });
  });
}
