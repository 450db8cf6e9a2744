import { ExecutionContext, createParamDecorator } from '@nestjs/common';
import type { IncomingMessage } from 'node:http';
import {
  type PayloadName,
  invalidJson,
  invalidPayload,
  unsupportedEncoding,
} from '../canopsis/canopsis-error';
import { bodyOf, isEncoded, keptBody } from './described-body';

/** A request whose framework, or host, may have read its body. */
export type RequestWithBody = IncomingMessage & { body?: unknown };

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
 * @throws CanopsisError 400 `invalid json.` or `invalid <what> payload.`, 415 `unsupported content encoding.`
 */
export const JsonBody = createParamDecorator((what: PayloadName, context: ExecutionContext) =>
  readJsonBody(context.switchToHttp().getRequest<RequestWithBody>(), what),
);

/** The same with the text that it was read from. */
export const JsonBodyWithText = createParamDecorator((what: PayloadName, context: ExecutionContext) =>
  readJsonWithText(context.switchToHttp().getRequest<RequestWithBody>(), what),
);

/** What JSON says, and the JSON itself: numbers are not always what they say. */
export interface JsonWithText {
  readonly value: unknown;
  /** Unknown where a host has parsed the body. */
  readonly text?: string;
}

/** How JSON is read. */
export interface JsonRules {
  /** Whether a byte order mark in front of JSON is skipped, or makes it something else. Default: it is skipped. */
  readonly byteOrderMark?: 'skipped' | 'refused';
}

/** See {@link JsonBody}. */
export const readJsonBody = (request: RequestWithBody, what: PayloadName, rules?: JsonRules): unknown =>
  readJsonWithText(request, what, rules).value;

/** See {@link JsonBodyWithText}. */
export function readJsonWithText(
  request: RequestWithBody,
  what: PayloadName,
  { byteOrderMark = 'skipped' }: JsonRules = {},
): JsonWithText {
  const { contentType, contentEncoding, body } = keptBody(request) ?? bodyOf(request, request.body);
  const parsed = body !== undefined && body !== null && !Buffer.isBuffer(body);
  // A parser of the host's may have decompressed what it parsed; nothing is decompressed here.
  if (!parsed && isEncoded(contentEncoding)) throw unsupportedEncoding();
  if (!isJsonType(contentType)) throw invalidPayload(what, 'Content-Type must be application/json');
  if (parsed) return { value: body };
  if (!Buffer.isBuffer(body)) throw invalidJson('there is no body');
  const text = decoded(body, byteOrderMark === 'refused');
  try {
    return { value: JSON.parse(text) as unknown, text };
  } catch {
    throw invalidJson('the body must be JSON');
  }
}

function decoded(body: Buffer, ignoreBOM: boolean): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM }).decode(body);
  } catch {
    throw invalidJson('the body must be UTF-8');
  }
}
