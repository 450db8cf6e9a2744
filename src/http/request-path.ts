/**
 * The path of a request, as it was sent and without its query. A request to a proxy has the whole URL in its first
 * line, and a server has to take that too (RFC 9112, section 3.2.2).
 * @param url the request target of the first line
 */
export const requestPath = (url: string): string =>
  (url.split('?', 1)[0] ?? '').replace(/^https?:\/\/[^/?#\\]*/i, '') || '/';
