import type { IncomingHttpHeaders } from 'node:http';
import type { Socket } from 'node:net';
import {
  bodyTooLarge,
  headersTooLarge,
  transferNotImplemented,
  unsupportedEncoding,
} from '../canopsis/canopsis-error';
import { isEncoded } from '../nest/described-body';
import { nodeRequest } from '../nest/node-request';
import { BODY_LIMIT, HEADER_COUNT_LIMIT } from './limits';
import { movedFromSlash } from '../canopsis/v4/moved';
import { queryOf } from '../nest/query-of';
import { requestPath } from './request-path';

/** What Express's and Fastify's requests have in common. */
export interface PreBodyRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly socket: Socket;
  /** The client's address as the framework knows it; absent on a request that no framework has seen. */
  readonly ip?: string;
  /** The host that the client asked, as the framework knows it. */
  readonly host?: string;
  /** Node's own request, where this one wraps it. */
  readonly raw?: unknown;
}

/** A hook that runs before the body is read; `next` gets what the exception filter is to answer. */
export type PreBodyHook = (
  request: PreBodyRequest,
  response: unknown,
  next: (problem?: unknown) => void,
) => void;

/** Puts the limit of header fields in front of a hook: what it looks for may be among those that were not read. */
export const withinHeaderCount =
  (hook: PreBodyHook): PreBodyHook =>
  (request, response, next) => {
    // `rawHeaders` has name and value of each.
    const { rawHeaders } = nodeRequest(request);
    if (rawHeaders.length > 2 * HEADER_COUNT_LIMIT) next(headersTooLarge());
    else hook(request, response, next);
  };

/**
 * Puts in front of a hook that a slash at the end of a path of version 4 is sent on.
 * @param isRoute whether version 4 has this path
 */
export const sendingSlashesOn =
  (isRoute: (path: string) => boolean, hook: PreBodyHook): PreBodyHook =>
  (request, response, next) => {
    const { method, url } = request;
    const path = requestPath(url);
    const moved = path.endsWith('/') ? movedFromSlash(method, path, queryOf(url), isRoute) : undefined;
    if (moved === undefined) hook(request, response, next);
    else next(moved);
  };

/** @returns what is wrong with a request from the start; frameworks find out at different times, or read all of it first */
export function refusal({ url, headers }: PreBodyRequest): unknown {
  const length = Number(headers['content-length'] ?? 0);
  const transfer = headers['transfer-encoding'];
  // Node's parser takes `gzip, chunked` for chunks, and would hand over what is compressed.
  if (transfer !== undefined && transfer.trim().toLowerCase() !== 'chunked') return transferNotImplemented();
  if (length > BODY_LIMIT) return bodyTooLarge();
  const hasBody = transfer !== undefined || length > 0;
  if (hasBody && isEncoded(headers['content-encoding'])) return unsupportedEncoding();
  return undecodable(url);
}

/** @returns the error of a path that cannot be decoded */
function undecodable(url: string): unknown {
  try {
    decodeURIComponent(requestPath(url));
    return undefined;
  } catch (error) {
    return error;
  }
}
