/** The header that names a request, in the request and in its answer. */
export const REQUEST_ID = 'X-Request-Id';

/** The id that an answer carries, of whatever kind it is: Fastify's reply, Express's response or Node's own. */
export function requestIdOf(response: object): string | undefined {
  const { raw = response } = response as { raw?: object };
  const id: unknown = (raw as { getHeader?(name: string): unknown }).getHeader?.(REQUEST_ID);
  return typeof id === 'string' ? id : undefined;
}
