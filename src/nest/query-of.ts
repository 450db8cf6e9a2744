/** @returns the query of a request with its question mark, as it was sent; empty where there is none */
export function queryOf(url: string): string {
  const query = url.indexOf('?');
  return query < 0 ? '' : url.slice(query);
}
