import type { ServerResponse } from 'node:http';

/** The response of either framework: Fastify's has Node's as `raw`. */
export type AnyResponse = ExpressResponse | FastifyResponse;

interface ExpressResponse extends ServerResponse {
  json: (body: unknown) => unknown;
  send(body: string | Buffer): unknown;
}

interface FastifyResponse {
  readonly raw: ServerResponse;
  header(name: string, value: string): unknown;
  serializer(write: (body: unknown) => string | Buffer): unknown;
}

/** @returns Node's own response, which both frameworks have */
export const nodeResponse = (response: AnyResponse): ServerResponse =>
  'raw' in response ? response.raw : response;

/** Sets a header of an answer, whatever the framework. */
export function setHeader(response: AnyResponse, name: string, value: string): void {
  if ('raw' in response) response.header(name, value);
  else response.setHeader(name, value);
}
