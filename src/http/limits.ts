import {
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
  createServer,
} from 'node:http';
import type { Duplex } from 'node:stream';

/** The largest body that is read, in bytes. */
export const BODY_LIMIT = 1024 * 1024;
/** The first line of a request and its header fields together, in bytes: 431 beyond. It limits the URL too, and so an id. */
export const HEAD_LIMIT = 16 * 1024;
/** How many header fields a request may have: 431 beyond. */
export const HEADER_COUNT_LIMIT = 200;

/** How long a client may take, in milliseconds, and how many there may be. */
export interface ServerLimits {
  /** From the connection, or the first byte of a further request, to the end of its header: 408 and the end of the connection beyond. */
  readonly headMs: number;
  /** From the first byte of a request to the last of its body: as above. */
  readonly requestMs: number;
  /** Between two requests: the connection is closed. Longer than the 60 s of common proxies, or they send into a closed one. */
  readonly keepAliveMs: number;
  /** Without a byte in either direction, for example because nobody reads the answer: the connection is closed. */
  readonly idleMs: number;
  /** How often it is looked for requests that take too long. */
  readonly checkMs: number;
  /** At the same time; more are closed at once. */
  readonly connections: number;
}

/** The limits of the standalone application, unless a test wants others. */
export const SERVER_LIMITS: ServerLimits = {
  headMs: 10_000,
  requestMs: 60_000,
  keepAliveMs: 72_000,
  idleMs: 120_000,
  checkMs: 1_000,
  connections: 10_000,
};

/** A server of Node's that keeps the limits, for either framework to answer. */
export function limitedServer(listener: RequestListener, limits: ServerLimits): Server {
  const server = createServer(
    {
      // A request without `Host` is answered like any other; Node's own refusal has no body.
      requireHostHeader: false,
      maxHeaderSize: HEAD_LIMIT,
      headersTimeout: limits.headMs,
      requestTimeout: limits.requestMs,
      keepAliveTimeout: limits.keepAliveMs,
      connectionsCheckingInterval: limits.checkMs,
    },
    listener,
  );
  // Node leaves out what is beyond this number; one more shows that there was more.
  server.maxHeadersCount = HEADER_COUNT_LIMIT + 1;
  server.maxConnections = limits.connections;
  return server.setTimeout(limits.idleMs);
}

/** Whether the head of an answer has gone out on this connection, and the rest has not: nothing else may be written then. */
export const isAnswering = (socket: Duplex): boolean => answerOn(socket)?.headersSent === true;

/** Whether a request that came on this connection has not been answered to the end. */
export const owesAnswer = (socket: Duplex): boolean => !!answerOn(socket);

/** @returns the request that is being answered, or read, on this connection */
export const requestOn = (socket: Duplex): IncomingMessage | undefined => answerOn(socket)?.req;

/** Node's own refusals look at the same property. */
const answerOn = (socket: Duplex): ServerResponse | null | undefined =>
  (socket as Duplex & { _httpMessage?: ServerResponse | null })._httpMessage;
