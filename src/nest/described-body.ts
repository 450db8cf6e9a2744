import type { IncomingMessage } from 'node:http';
import { type FrameworkRequest, nodeRequest } from './node-request';

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
export const keptBody = (request: FrameworkRequest): DescribedBody | undefined =>
  (nodeRequest(request) as Keeping)[KEPT];

/** Whether a `Content-Encoding` means that the bytes are not the text itself. */
export const isEncoded = (contentEncoding = ''): boolean =>
  contentEncoding.split(',').some((coding) => !/^\s*(identity)?\s*$/i.test(coding));
