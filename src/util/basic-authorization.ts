/** @returns the value of the header that carries a name and a password (RFC 7617) */
export const basicAuthorization = (name: string, password: string): string =>
  `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`;

/** @returns the same of those in a URL, where they are percent-encoded; undefined where it has none */
export function basicAuthorizationIn({ username, password }: URL): string | undefined {
  if (username === '' && password === '') return undefined;
  return basicAuthorization(decodeURIComponent(username), decodeURIComponent(password));
}
