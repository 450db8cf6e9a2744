/** What a test asks of the application over HTTP. */
export interface HeartbeatAppRequest {
  /** Sent as JSON. */
  readonly json?: unknown;
  /** Sent as it is. */
  readonly body?: string | Uint8Array<ArrayBuffer>;
  readonly headers?: Readonly<Record<string, string>>;
  /** `name:password`, or null for none. Default: the first user. */
  readonly auth?: string | null;
}

/** An answer whose body nobody has looked at yet. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/**
 * Sends one request, and reads the whole answer. Rejects only where there is none.
 * @param defaultAuth what `auth` is where the request does not say
 */
export async function callOverHttp(
  url: string,
  method: string,
  defaultAuth: string | null,
  { json, body, headers, auth = defaultAuth }: HeartbeatAppRequest = {},
): Promise<RawAnswer> {
  const response = await fetch(url, {
    method,
    body: json === undefined ? body : JSON.stringify(json),
    headers: {
      ...(auth !== null && { Authorization: `Basic ${Buffer.from(auth).toString('base64')}` }),
      ...(json !== undefined && { 'Content-Type': 'application/json' }),
      ...headers,
    },
  });
  return { status: response.status, headers: response.headers, text: await response.text() };
}
