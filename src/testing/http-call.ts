import { unknownField } from '../util/json-object';

/** What a test asks of the application over HTTP. */
export interface HeartbeatAppRequest {
  /** Sent as JSON. */
  readonly json?: unknown;
  /** Sent as it is. */
  readonly body?: string | Uint8Array<ArrayBuffer>;
  readonly headers?: Readonly<Record<string, string>>;
  /** `name:password`, or null for none. Default: the first user. */
  readonly auth?: string | null;
  /** How long it may take, in milliseconds. Default: 30 s. */
  readonly timeoutMs?: number;
}

/** An answer whose body nobody has looked at yet. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

const KNOWN = ['json', 'body', 'headers', 'auth', 'timeoutMs'];
const DEFAULT_TIMEOUT_MS = 30_000;

/**
 * Sends one request, and reads the whole answer.
 * @param defaultAuth what `auth` is where the request does not say
 * @throws Error where there is no answer in time
 */
export async function callOverHttp(
  url: string,
  method: string,
  defaultAuth: string | null,
  { json, body, headers, auth = defaultAuth, timeoutMs = DEFAULT_TIMEOUT_MS }: HeartbeatAppRequest = {},
): Promise<RawAnswer> {
  try {
    const response = await fetch(url, {
      method,
      body: json === undefined ? body : JSON.stringify(json),
      headers: {
        ...(auth !== null && { Authorization: `Basic ${Buffer.from(auth).toString('base64')}` }),
        ...(json !== undefined && { 'Content-Type': 'application/json' }),
        ...headers,
      },
      signal: AbortSignal.timeout(timeoutMs),
    });
    return { status: response.status, headers: response.headers, text: await response.text() };
  } catch (error) {
    if ((error as Error).name !== 'TimeoutError') throw error;
    throw new Error(`${method} ${url} was not answered within ${timeoutMs} ms`, { cause: error });
  }
}

/** @throws TypeError where the request is none */
export function checkRequest(path: unknown, request: HeartbeatAppRequest): void {
  const wrong = (problem: string): TypeError => new TypeError(`request: ${problem}`);
  if (typeof path !== 'string' || !path.startsWith('/')) throw wrong('the path must begin with /');
  if (typeof request !== 'object' || request === null) throw wrong('the third argument must be an object');
  const unknown = unknownField(request, KNOWN);
  if (unknown !== undefined) throw wrong(`there is no option ${unknown}; there are ${KNOWN.join(', ')}`);
  const { json, body, auth, timeoutMs } = request;
  if (json !== undefined && body !== undefined) throw wrong('either json or body, not both');
  if (typeof auth === 'string' && !auth.includes(':')) throw wrong('auth must be name:password, or null');
  if (timeoutMs !== undefined && !(Number.isInteger(timeoutMs) && timeoutMs > 0 && timeoutMs < 2 ** 31)) {
    throw wrong('timeoutMs must be a whole number of milliseconds above 0');
  }
}
