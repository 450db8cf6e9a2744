import { noteServerTime } from './clock';

/** The API answered with an error; the message is what it said. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    message: string,
    /** By field, where the API told apart (`<index>.<field>` in bulk). */
    readonly errors: Record<string, string> = {},
    /** What exactly is wrong with what was sent, where the API said it. */
    readonly problem?: string,
    /** Seconds; where the API asked to wait. */
    readonly retryAfter?: number,
    /** The id of the heartbeat that this is about, where the API named one. */
    readonly heartbeat?: string,
  ) {
    super(message);
  }
}

/** No answer came, or none that is of the API. */
export class Unreachable extends Error {}

interface RequestOptions {
  json?: unknown;
  signal?: AbortSignal;
  /** Milliseconds; default {@link TIMEOUT_MS}. */
  timeoutMs?: number;
}

const TIMEOUT_MS = 10_000;

const prefix = (name: string): string =>
  document.querySelector<HTMLMetaElement>(`meta[name="${name}"]`)?.content ?? '';

/** Whether the server has the calls of v4. */
export const hasV4 = (): boolean => prefix('heartbeat-api-v4') !== '';

/** @returns the address of a call, for people too */
export const addressOf = (path: string, meta = 'heartbeat-api'): string =>
  new URL(prefix(meta) + path, document.baseURI).href;

let onUnauthorized = (): void => undefined;

/** @param listener called when a call is refused because nobody is logged in (any more) */
export function whenUnauthorized(listener: () => void): void {
  onUnauthorized = listener;
}

/** Sends a request of the API, with the session's cookie. */
export async function send(method: string, address: string, options: RequestOptions = {}): Promise<Response> {
  const { json, signal, timeoutMs = TIMEOUT_MS } = options;
  const timeout = timeoutMs === Infinity ? [] : [AbortSignal.timeout(timeoutMs)];
  const response = await fetch(address, {
    method,
    headers: {
      // Tells the API that no browser prompt is wanted.
      'X-Requested-With': 'page',
      ...(json !== undefined && { 'Content-Type': 'application/json' }),
    },
    body: json === undefined ? undefined : JSON.stringify(json),
    signal: AbortSignal.any([...(signal ? [signal] : []), ...timeout]),
  }).catch((error: unknown) => {
    if (signal?.aborted) throw error;
    throw new Unreachable();
  });
  noteServerTime(response.headers.get('Date'));
  if (response.ok) return response;
  throw await errorOf(response);
}

/** Calls the API and reads the JSON that it answers. */
export async function call<T>(method: string, path: string, options: RequestOptions = {}): Promise<T> {
  // Logging in with a wrong password does not end anything.
  const sending = path === 'heartbeat-session' ? send : sendInSession;
  return read<T>(await sending(method, addressOf(path), options));
}

/** Makes one call of v4 for many heartbeats; it changes all of them or none. */
export async function callBulk(method: 'PUT' | 'DELETE', json: unknown): Promise<void> {
  const address = addressOf('bulk/heartbeats', 'heartbeat-api-v4');
  await sendInSession(method, address, { json, timeoutMs: 60_000 });
}

/** Sends a request, and tells where the session turns out to be over. */
async function sendInSession(method: string, address: string, options: RequestOptions): Promise<Response> {
  try {
    return await send(method, address, options);
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) onUnauthorized();
    throw error;
  }
}

async function read<T>(response: Response): Promise<T> {
  try {
    return (await response.json()) as T;
  } catch {
    throw new Unreachable();
  }
}

/** Reads an error in the form of v2 (`description`) or of v4 (`error`, `errors`). */
async function errorOf(response: Response): Promise<Error> {
  const body = (await response.json().catch(() => ({}))) as {
    description?: string;
    error?: string;
    errors?: Record<string, string>;
  } | null;
  const said = body?.description ?? body?.error ?? Object.values(body?.errors ?? {}).join(' ');
  // A proxy that has no server behind it answers as well.
  if (said === '' && response.status >= 500) return new Unreachable();
  const wait = Number(response.headers.get('Retry-After') ?? NaN);
  const id = response.headers.get('Location')?.split('/').pop();
  return new ApiError(
    response.status,
    said || `${response.status} ${response.statusText}`,
    body?.errors,
    response.headers.get('Problem') ?? undefined,
    Number.isNaN(wait) ? undefined : wait,
    id === undefined ? undefined : decodeURIComponent(id),
  );
}

/** @returns a query string of those that are given */
export function query(values: Record<string, string | number | undefined>): string {
  const given = Object.entries(values).filter(([, value]) => value !== undefined && value !== '');
  return new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
}

/** @returns the path of one heartbeat, below the API */
export const heartbeatPath = (id: string, rest = ''): string => `heartbeat/${encodeURIComponent(id)}${rest}`;

/** @returns what went wrong, to be read after `Not saved:` and the like */
export function reasonOf(error: unknown, unreachable: string): string {
  if (!(error instanceof ApiError)) return unreachable;
  return error.problem === undefined ? error.message : `${error.message} ${error.problem}`;
}
