/**
 * The path of a request, as it was sent and without its query. A request to a proxy has the whole URL in its first
 * line, and a server has to take that too (RFC 9112, section 3.2.2).
 * @param url the request target of the first line
 */
export function requestPath(url: string): string {
  const query = url.indexOf('?');
  const path = query < 0 ? url : url.slice(0, query);
  // Nearly every one: no need for the regular expression.
  if (path.startsWith('/')) return path;
  return path.replace(/^https?:\/\/[^/?#\\]*/i, '') || '/';
}
