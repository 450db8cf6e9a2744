import type { IncomingMessage } from 'node:http';

/** A body as it came, and what its sender said of it. */
export interface RawBody {
  readonly contentType: string | undefined;
  readonly contentEncoding: string | undefined;
  readonly bytes: Buffer;
}

const KEPT = Symbol('heartbeat raw body');

type Keeping = IncomingMessage & { [KEPT]?: RawBody };

/** Keeps a body for `JsonBody`, out of reach of the parsers of the host. */
export function keepBody(message: IncomingMessage, bytes: Buffer): void {
  const { headers } = message;
  (message as Keeping)[KEPT] = {
    contentType: headers['content-type'],
    contentEncoding: headers['content-encoding'],
    bytes,
  };
}

/** @returns what {@link keepBody} kept of this request, which may be a framework's wrapping */
export const keptBody = (request: IncomingMessage & { raw?: IncomingMessage }): RawBody | undefined =>
  ((request.raw ?? request) as Keeping)[KEPT];
