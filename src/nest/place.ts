import type { ModulesContainer } from '@nestjs/core';

/** Injection token of the {@link Place} of a heartbeat module. */
export const PLACE = Symbol('PLACE');

/** What a heartbeat module has for itself in an application. */
export interface Place {
  /** Of the Mongoose connection; undefined for the unnamed one. */
  readonly connectionName: string | undefined;
  readonly collections: readonly string[];
  /** Prefixes of its routes; none where it has no routes. */
  readonly prefixes: readonly string[];
}

const REMEDY = 'give HeartbeatEngineModule the very object that HeartbeatModule.forRoot returned';

/** @throws Error where two heartbeat modules of one application have the same prefix, or a collection in common */
export function refuseSharedPlaces(modules: ModulesContainer): void {
  const seen = new Set<string>();
  const places = [...modules.values()].map((module): unknown => module.getProviderByKey(PLACE)?.instance);
  for (const place of new Set(places.filter(isPlace))) {
    const { connectionName = 'default', collections, prefixes } = place;
    const claims = [
      ...prefixes.map((prefix) => `the prefix ${segmentsOf(prefix)}`),
      ...collections.map((name) => `the collection ${name} on the connection ${connectionName}`),
    ];
    for (const claim of claims) {
      if (seen.has(claim)) {
        throw new Error(
          `HeartbeatModule: two of them have ${claim}. Import one alone, or give each its own prefix and collections; ${REMEDY}`,
        );
      }
      seen.add(claim);
    }
  }
}

const segmentsOf = (path: string): string =>
  path
    .split('/')
    .filter((part) => part !== '')
    .join('/') || '/';

const isPlace = (value: unknown): value is Place =>
  typeof value === 'object' && value !== null && 'collections' in value && 'prefixes' in value;
