import { Agent, type IncomingMessage, request } from 'node:http';
import { json } from 'node:stream/consumers';
import { once } from 'node:events';

/** What a call is answered with. */
export interface Answer {
  readonly status: number;
  /** The parsed JSON. */
  readonly body: unknown;
}

/** One call of the API. */
export interface Call {
  readonly method: string;
  /** Below the address of the application, query included. */
  readonly path: string;
  /** Sent as JSON; a text is sent as it is. */
  readonly body?: unknown;
  /** Default: `application/json`. */
  readonly contentType?: string;
  /** Default: the credentials of the client. */
  readonly authorization?: string;
}

/** No answer within so many milliseconds is a failure: the application itself gives up on anything long before. */
const LIMIT_MS = 60_000;

/** Calls the API over a fixed number of connections that are kept open. */
export class ApiClient {
  private readonly agent: Agent;
  private readonly authorization: string;
  private readonly url: URL;

  /** @param credentials `name:password` */
  constructor(url: string, credentials: string, connections: number) {
    this.url = new URL(url);
    this.agent = new Agent({ keepAlive: true, maxSockets: connections });
    this.authorization = `Basic ${Buffer.from(credentials).toString('base64')}`;
  }

  /** @throws Error where there is no answer, or one that is not JSON */
  async call({ method, path, body, contentType = 'application/json', authorization }: Call): Promise<Answer> {
    const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
    const sent = request({
      host: this.url.hostname,
      port: this.url.port,
      agent: this.agent,
      method,
      path,
      headers: {
        Authorization: authorization ?? this.authorization,
        ...(text !== undefined && { 'Content-Type': contentType, 'Content-Length': Buffer.byteLength(text) }),
      },
      signal: AbortSignal.timeout(LIMIT_MS),
    });
    sent.end(text);
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    return { status: response.statusCode ?? 0, body: await json(response) };
  }

  close(): void {
    this.agent.destroy();
  }
}
