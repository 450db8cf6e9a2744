import type { Proxies } from '../../util/http-proxy';

/** Whom alarms are posted to, and how. */
export interface HttpReceiverOptions {
  /** `http:` or `https:`; a user and a password in it are sent as HTTP Basic credentials (RFC 7617). */
  readonly url: string;
  /** How long one call may take, in milliseconds. Default: 5 s. */
  readonly limitMs?: number;
  /** Headers of each call, beside those of the product. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The proxies to call by. Default: none. */
  readonly proxies?: Proxies;
}

export interface WebhookOptions extends HttpReceiverOptions {
  /** Key of the signatures; without it the calls are not signed. */
  readonly secret?: string;
  /** What is posted, as a Mustache template (docs/api.md, "Events in, alarms out"). Default: the alarm event as JSON. */
  readonly template?: string;
  /** What the body is. Default: `application/json`. */
  readonly contentType?: string;
}

/** The `url` is that of Alertmanager itself; `/api/v2/alerts` is added to its path. */
export type AlertmanagerOptions = Pick<HttpReceiverOptions, 'url' | 'limitMs' | 'proxies'>;
