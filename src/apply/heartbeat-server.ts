import { setTimeout as delay } from 'node:timers/promises';
import type { V4Document } from '../canopsis/v4/document';
import { errorText } from '../util/error-text';
import { type HttpAnswer, httpText } from '../util/http-call';
import { ApplyError } from './apply-error';
import type { Wanted } from './wanted';

/** How long a call may take, in milliseconds: a list of 100,000 heartbeats takes some seconds. */
const CALL_LIMIT_MS = 60_000;
/** A server that asks for more patience than so many seconds is not waited for. */
const LONGEST_RETRY_S = 60;

/** The right that a call needs, by its method. */
const RIGHT_OF = { GET: 'read', POST: 'create', PUT: 'update', DELETE: 'delete' } as const;
type Method = keyof typeof RIGHT_OF;

/** The call was answered with a refusal. */
export class RefusedCall extends ApplyError {
  constructor(
    readonly status: number,
    reason: string,
  ) {
    super(reason);
  }
}

const NOT_ACCEPTED = 'the server did not accept the credentials';
const NONE_GIVEN =
  'the server wants credentials, and none were given: write them into the address (--url http://name:password@host:8082), or name the file of an authentication key (--key-file FILE)';

interface Answered extends HttpAnswer {
  readonly json: unknown;
}

/** A running server of heartbeats, over its API: version 4 to list, as it shows all fields in every dialect, and version 2 to write. */
export class HeartbeatServer {
  /**
   * @param base its address, without credentials
   * @param credentials header fields that let the caller in; none: nobody gave any
   * @param needed the rights that all of the work needs
   */
  constructor(
    private readonly base: URL,
    private readonly credentials: Readonly<Record<string, string>>,
    private readonly needed: readonly string[],
  ) {}

  /** @returns all heartbeats, the oldest first. @throws ApplyError */
  async list(): Promise<V4Document[]> {
    const { status, json } = await this.call('GET', 'api/v4/heartbeats?paginate=false&sort_by=created');
    const { data } = (json ?? {}) as { data?: unknown };
    if (status === 200 && Array.isArray(data)) return data as V4Document[];
    throw new ApplyError(`${this.base.href} does not answer as a server of heartbeats: ${status}`);
  }

  /** @returns its id. @throws RefusedCall, ApplyError */
  async create({ id, heartbeat }: Wanted): Promise<string> {
    if (id === undefined) {
      const { json } = await this.call('POST', 'api/v2/heartbeat', heartbeat);
      return (json as { description: string }).description;
    }
    const body = { ...heartbeat, _id: id };
    const { json } = await this.call('POST', 'api/v4/heartbeats', body);
    // Canopsis 4.3 says that the author is whoever calls.
    if ((json as V4Document).author !== (heartbeat.author ?? '')) await this.replace(id, { heartbeat });
    return id;
  }

  /** @throws RefusedCall, ApplyError */
  async replace(id: string, { heartbeat }: Pick<Wanted, 'heartbeat'>): Promise<void> {
    await this.call('PUT', `api/v2/heartbeat/${encodeURIComponent(id)}`, heartbeat);
  }

  /** One that is gone already is no error. @throws RefusedCall, ApplyError */
  async remove(id: string): Promise<void> {
    try {
      await this.call('DELETE', `api/v2/heartbeat/${encodeURIComponent(id)}`);
    } catch (error) {
      if (!(error instanceof RefusedCall && error.status === 404)) throw error;
    }
  }

  private async call(method: Method, path: string, json?: unknown): Promise<Answered> {
    for (;;) {
      const answered = await this.send(method, path, json);
      const { status, headers } = answered;
      const seconds = Number(headers['retry-after'] ?? NaN);
      if (status === 429 && seconds <= LONGEST_RETRY_S) await delay(seconds * 1000);
      else if (status >= 300)
        throw new RefusedCall(status, this.refusal(method, status) ?? reasonOf(answered));
      else return answered;
    }
  }

  /** Why the caller is not let in, or may not; undefined where that is not it. */
  private refusal(method: Method, status: number): string | undefined {
    if (status === 401) return Object.keys(this.credentials).length > 0 ? NOT_ACCEPTED : NONE_GIVEN;
    if (status !== 403) return undefined;
    return `the server answered 403: the user lacks the right ${RIGHT_OF[method]}; needed here: ${this.needed.join(', ')}`;
  }

  private async send(method: string, path: string, json: unknown): Promise<Answered> {
    try {
      // Redirects are not followed: nobody else is to get the credentials.
      const { text, ...answer } = await httpText(new URL(path, this.base), {
        ...{ method, limitMs: CALL_LIMIT_MS },
        headers: { ...this.credentials, ...(json !== undefined && { 'Content-Type': 'application/json' }) },
        body: json === undefined ? undefined : JSON.stringify(json),
      });
      return { ...answer, json: jsonOf(text) };
    } catch (error) {
      // Where a name has several addresses, the error itself says nothing.
      const [first = error] = ((error as Partial<AggregateError>).errors ?? []) as unknown[];
      throw new ApplyError(`${this.base.href} cannot be called: ${errorText(first)}`);
    }
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What a refusal says, in the form of either version. */
function reasonOf({ status, headers, json }: Answered): string {
  const { description, error, errors } = (json ?? {}) as {
    description?: unknown;
    error?: unknown;
    errors?: Record<string, unknown>;
  };
  const texts = [description, error, ...Object.values(errors ?? {}), headers.problem];
  const said = [...new Set(texts.filter((text) => typeof text === 'string' && text !== ''))];
  return `the server answered ${status}${said.length > 0 ? `: ${said.join(' ')}` : ''}`;
}
