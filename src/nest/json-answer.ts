import { StreamableFile } from '@nestjs/common';
import type { ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';

const JSON_TYPE = 'application/json; charset=utf-8';

/** The response of either framework: Fastify's has Node's as `raw`. */
export type AnyResponse = ExpressResponse | FastifyResponse;

interface ExpressResponse extends ServerResponse {
  json: (body: unknown) => unknown;
  send(body: string): unknown;
}

interface FastifyResponse {
  readonly raw: ServerResponse;
  header(name: string, value: string): unknown;
  serializer(write: (body: unknown) => string): unknown;
}

/** Sets a header of an answer, whatever the framework. */
export function setHeader(response: AnyResponse, name: string, value: string): void {
  if ('raw' in response) response.header(name, value);
  else response.setHeader(name, value);
}

/** JSON that is text already, as a handler returns it. */
export type JsonAnswer = string | StreamableFile;

/**
 * Answers with JSON that is text already, whole or as a stream. A stream is ended when the client goes away: not every
 * framework does that.
 */
export function jsonAnswer(json: string | Readable, response: AnyResponse): JsonAnswer {
  const raw = 'raw' in response ? response.raw : response;
  setHeader(response, 'Content-Type', JSON_TYPE);
  if (typeof json === 'string') return json;
  raw.once('close', () => json.destroy());
  return new StreamableFile(json, { type: JSON_TYPE });
}
