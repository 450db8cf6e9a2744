/** What V8 writes of a profile, as far as it is read here. */
export interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string };
  }[];
  readonly samples: readonly number[];
  /** Microseconds since the sample before. */
  readonly timeDeltas: readonly number[];
}

/**
 * @returns microseconds of processor by where they were spent: a package, a room of this product, a part of Node, the garbage
 *   collector; the largest first
 */
export function shares({ nodes, samples, timeDeltas }: CpuProfile): (readonly [string, number])[] {
  const places = new Map(nodes.map(({ id, callFrame }) => [id, placeOf(callFrame)]));
  const sums = new Map<string, number>();
  samples.forEach((id, at) => {
    const place = places.get(id) ?? 'unknown';
    if (place !== '(idle)') sums.set(place, (sums.get(place) ?? 0) + (timeDeltas[at] ?? 0));
  });
  return [...sums].sort(([, a], [, b]) => b - a);
}

function placeOf({ functionName, url }: CpuProfile['nodes'][number]['callFrame']): string {
  const library = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1];
  if (library !== undefined) return library;
  const room = /\/dist\/([^/.]+)/.exec(url)?.[1];
  if (room !== undefined) return `${room}/`;
  if (url.startsWith('node:')) return `node:${url.slice(5).replace('internal/', '').split('/')[0] ?? ''}`;
  return functionName.startsWith('(') ? functionName : 'native';
}
