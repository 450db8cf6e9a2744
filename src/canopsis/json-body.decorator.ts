import { ExecutionContext, createParamDecorator } from '@nestjs/common';
import type { IncomingMessage } from 'node:http';
import { invalidJson, invalidPayload } from './canopsis-error';
import { bodyOf, keptBody } from './described-body';

type RequestWithBody = IncomingMessage & { body?: unknown };

/** Whether a `Content-Type` is JSON's, in any case and with any parameters. */
export const isJsonType = (contentType: string | undefined): boolean =>
  /^\s*application\/json\s*(;|$)/i.test(contentType ?? '');

/**
 * The parsed JSON body of a request that says it is `application/json` (any case, parameters allowed).
 *
 * Bytes are decoded as strict UTF-8 here, so that both HTTP adapters agree; a body that a host application has
 * already parsed is taken as it is. Another content type is an invalid payload even if the body is JSON: a browser
 * can send any other type from a foreign form (contract, "A valid body" 1).
 * @param what what the call expects; it names the error
 * @throws CanopsisError 400 `invalid json.` or `invalid <what> payload.`
 */
export const JsonBody = createParamDecorator((what: 'heartbeat' | 'event', context: ExecutionContext) =>
  readJsonBody(context.switchToHttp().getRequest<RequestWithBody>(), what),
);

/** Nothing is decompressed: compressed JSON is not JSON. */
const isEncoded = (contentEncoding = 'identity'): boolean => contentEncoding.toLowerCase() !== 'identity';

/** See {@link JsonBody}. */
export function readJsonBody(request: RequestWithBody, what: 'heartbeat' | 'event'): unknown {
  const { contentType, contentEncoding, body } = keptBody(request) ?? bodyOf(request, request.body);
  if (!isJsonType(contentType)) throw invalidPayload(what);
  if (body === undefined || body === null || isEncoded(contentEncoding)) throw invalidJson();
  if (!Buffer.isBuffer(body)) return body;
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body)) as unknown;
  } catch {
    throw invalidJson();
  }
}
