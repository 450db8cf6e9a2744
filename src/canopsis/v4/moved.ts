import type { ErrorAnswer } from '../error-format';

/** What is asked with these methods is sent on, and with which status; 307 keeps method and body. */
const STATUS: Readonly<Record<string, number>> = { GET: 301, HEAD: 301, POST: 307, PUT: 307, DELETE: 307 };

/** Thrown where the client is to ask elsewhere. */
export class Moved extends Error implements ErrorAnswer {
  readonly body = undefined;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    readonly statusCode: number,
    location: string,
  ) {
    super(`moved to ${location}`);
    this.name = 'Moved';
    this.headers = { Location: location };
  }
}

/**
 * A slash at the end of a path of version 4 is not served, but sent on, whoever asks.
 * @param path of the request, without its query
 * @param query with its question mark; empty where there is none
 * @param isRoute whether version 4 has this path
 * @returns undefined where there is nothing to be sent on
 */
export function movedFromSlash(
  method: string,
  path: string,
  query: string,
  isRoute: (path: string) => boolean,
): Moved | undefined {
  const status = STATUS[method];
  const target = path.slice(0, -1);
  if (status === undefined || !path.endsWith('/') || target.endsWith('/') || !isRoute(target))
    return undefined;
  return new Moved(status, target + query);
}
