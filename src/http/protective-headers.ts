/**
 * What every answer of the standalone application tells browsers, which have no business here (OWASP REST Security Cheat
 * Sheet): take it for JSON and nothing else, show it in no page, load nothing for it, say nothing of it to others.
 * `Strict-Transport-Security` is left to the proxy that does TLS. Docs: decision 13.
 */
export const PROTECTIVE_HEADERS: readonly (readonly [name: string, value: string])[] = [
  ['x-content-type-options', 'nosniff'],
  ['content-security-policy', "default-src 'none'; frame-ancestors 'none'"],
  ['x-frame-options', 'DENY'],
  ['referrer-policy', 'no-referrer'],
  ['cross-origin-resource-policy', 'same-origin'],
];
