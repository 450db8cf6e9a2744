/**
 * The version in the package's own package.json, which is two folders above, in a clone as in an installed package. A bundler
 * puts it into its one file, which has no such folders.
 */
export function version(): string {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- an import would be copied into dist, and found a folder too low
  return (require('../../package.json') as { version: string }).version;
}
