/** The reply codes of AMQP 0-9-1 that say what the broker has against it. */
const CODES = {
  ACCESS_REFUSED: 403,
  NOT_FOUND: 404,
  RESOURCE_LOCKED: 405,
  PRECONDITION_FAILED: 406,
  NOT_ALLOWED: 530,
} as const;

/** Said where the broker holds back who publishes. */
export const BLOCKED = 'The broker takes no messages for now: it lacks memory or disk space';

const ADDRESS = 'compare host and port in AMQP_URL with where RabbitMQ listens';
/** The port of RabbitMQ that speaks TLS looks, without it, just as one of another program. */
const ENDED =
  'the other side ended the connection: no AMQP broker listens there, or one that speaks TLS where AMQP_URL says amqp:, ' +
  `or does not where it says amqps:, or it turns everybody away, as its log then says: ${ADDRESS}`;
const PLAIN = `no TLS is spoken there: write amqp: instead of amqps:, or ${ADDRESS} for TLS`;
const CERTIFICATE =
  'the certificate of the broker is not trusted here: name its authority in NODE_EXTRA_CA_CERTS';
/** What amqplib says where the broker did not take a message, without a reason; and what to do about it. */
export const NACKED = 'message nacked';
export const NACKED_CURE =
  'a queue that it should come to takes no more, since it is as long as it may be and rejects what is published, or lacks the ' +
  'majority of its nodes: empty that queue, raise its limit, or let it drop what is old (rabbitmqctl list_queues name messages ' +
  'arguments policy, list_policies)';
/** What to do about an error of the connection, by its code. */
const CURES: Readonly<Record<string, string>> = {
  ECONNREFUSED: `nobody listens there: ${ADDRESS}`,
  ENOTFOUND: `the host name in AMQP_URL is not known here: ${ADDRESS}`,
  EAI_AGAIN: `the host name in AMQP_URL could not be looked up: ${ADDRESS}`,
  ETIMEDOUT: `nobody answers there: ${ADDRESS}, and look for a firewall`,
  ECONNRESET: ENDED,
  [NACKED]: NACKED_CURE,
  ERR_SSL_WRONG_VERSION_NUMBER: PLAIN,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: PLAIN,
  SELF_SIGNED_CERT_IN_CHAIN: CERTIFICATE,
  DEPTH_ZERO_SELF_SIGNED_CERT: CERTIFICATE,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: CERTIFICATE,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: CERTIFICATE,
  ERR_TLS_CERT_ALTNAME_INVALID:
    'the certificate of the broker is for another name: write one of its names as the host in AMQP_URL',
  CERT_HAS_EXPIRED: 'the certificate of the broker is out of date: renew it there',
};

const LIMITS = 'an engine needs two connections with some channels each: rabbitmqctl';
/** What to do about a refusal, by the words that the broker has for it. */
const REFUSALS: readonly (readonly [words: RegExp, cure: string])[] = [
  [
    /exclusive/,
    'somebody else has the queue for itself: stop that program, or choose another queue (AMQP_QUEUE)',
  ],
  [
    /internal exchange/,
    'nobody may publish to it: make one that is not internal, or choose another (AMQP_EXCHANGE)',
  ],
  [/number of channels/, `the limit of channels is too low; ${LIMITS} set_user_limits`],
  [/connection limit/, `the limit of connections is too low; ${LIMITS} set_vhost_limits, set_user_limits`],
  [/login|PLAIN/i, 'compare user and password in AMQP_URL, percent-encoded, with those of the broker'],
];

/** Whether the broker refused an act on a channel with one of these codes. */
export function isRefusal(error: unknown, ...codes: (keyof typeof CODES)[]): boolean {
  const { code, message = '' } = (error ?? {}) as { code?: unknown; message?: string };
  // An error of the handshake has the code in its text alone.
  return codes.some((name) => code === CODES[name] || message.includes(`${CODES[name]} (`));
}

interface Problem {
  readonly message?: string;
  readonly code?: unknown;
  /** Where OpenSSL found it. */
  readonly reason?: string;
}

/** What amqplib itself finds has no code. */
function codeIn(message = ''): string | undefined {
  if (message === NACKED) return NACKED;
  return /closed abruptly/.test(message) ? 'ECONNRESET' : /\bETIMEDOUT\b/.exec(message)?.[0];
}

/**
 * @param url where the broker was called, for the name of its virtual host
 * @returns what is wrong with the broker, in its own words, and what to do about it; never anything of the URL's credentials
 */
export function brokerProblem(error: unknown, url: string): string {
  const { message, reason, code = codeIn(message) } = (error ?? {}) as Problem;
  // Behind its reason OpenSSL tells where in its source that is. A refused connection to a name with several addresses is an
  // AggregateError without a message.
  const said = [reason, message, code, 'unknown error'].find((text) => text !== undefined && text !== '');
  const cure =
    (error as Error | null)?.name === 'UnusableTopologyError'
      ? undefined
      : (refusalCure(error, url) ?? CURES[String(code)]);
  return cure === undefined ? String(said) : `${String(said)}; ${cure}`;
}

function refusalCure(error: unknown, url: string): string | undefined {
  const { message = '' } = (error ?? {}) as { message?: string };
  if (
    !isRefusal(error, 'ACCESS_REFUSED', 'RESOURCE_LOCKED', 'NOT_ALLOWED') &&
    !/ConnectionOpenOk/.test(message)
  )
    return undefined;
  const [, known] = REFUSALS.find(([words]) => words.test(message)) ?? [];
  if (known !== undefined) return known;
  // amqplib does not pass on what the broker says when it closes instead of opening the virtual host.
  if (isRefusal(error, 'NOT_ALLOWED') || /ConnectionOpenOk/.test(message)) {
    const name = decodeURIComponent(new URL(url).pathname.slice(1)) || '/';
    return (
      `the virtual host ${name}, the path of AMQP_URL, does not exist, or the user may not enter it: ` +
      'rabbitmqctl add_vhost, set_permissions; or it takes no more connections: set_vhost_limits'
    );
  }
  return 'the user lacks a permission: rabbitmqctl set_permissions, or let somebody who may make what is missing';
}
