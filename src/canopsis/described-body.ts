import type { IncomingMessage } from 'node:http';

/** A body, and what its sender said of it. */
export interface DescribedBody {
  readonly contentType: string | undefined;
  readonly contentEncoding: string | undefined;
  /** Bytes, or what a host has made of them; undefined or null where there is none. */
  readonly body: unknown;
}

const KEPT = Symbol('heartbeat body');

type Keeping = IncomingMessage & { [KEPT]?: DescribedBody };

/** A body with what the headers of its request say of it. */
export const bodyOf = ({ headers }: IncomingMessage, body: unknown): DescribedBody => ({
  contentType: headers['content-type'],
  contentEncoding: headers['content-encoding'],
  body,
});

/** Keeps a body for `JsonBody`, out of reach of the parsers of the host. */
export function keepBody(message: IncomingMessage, bytes: Buffer): void {
  (message as Keeping)[KEPT] = bodyOf(message, bytes);
}

/** @returns what {@link keepBody} kept of this request, which may be a framework's wrapping */
export const keptBody = (request: IncomingMessage & { raw?: IncomingMessage }): DescribedBody | undefined =>
  ((request.raw ?? request) as Keeping)[KEPT];
