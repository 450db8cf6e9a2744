import type { V4Document } from '../canopsis/v4/document';
import { TEXT_FIELDS } from '../domain/heartbeat-fields';
import { intervalSeconds } from '../domain/interval';
import { isPattern, patternKey } from '../domain/pattern';
import type { Wanted } from './wanted';

/** A field in which a heartbeat is not yet what it is to be. */
export interface Difference {
  readonly field: string;
  readonly from: unknown;
  readonly to: unknown;
}

/** What becomes of a heartbeat. */
export type Step =
  | { readonly kind: 'created'; readonly wanted: Wanted }
  | {
      readonly kind: 'changed';
      readonly wanted: Wanted;
      readonly id: string;
      readonly differences: readonly Difference[];
    }
  | { readonly kind: 'unchanged'; readonly wanted: Wanted; readonly id: string }
  | { readonly kind: 'removed'; readonly id: string; readonly pattern: unknown };

/**
 * Compares what a file asks for with what there is. Each heartbeat is found by its id, and where there is none with it, by its
 * pattern among those that no other one was found to be.
 * @param stored what there is, the oldest first
 * @param prune whether what the file does not ask for is to be removed
 * @returns a step for each heartbeat of the file, in its order, and then for those that are removed
 */
export function planOf(wanted: readonly Wanted[], stored: readonly V4Document[], prune: boolean): Step[] {
  const byId = new Map(stored.map((document) => [document._id, document]));
  const claimed = new Set(wanted.flatMap(({ id }) => (id !== undefined && byId.has(id) ? [id] : [])));
  const byKey = new Map<string, V4Document>();
  for (const document of stored) {
    const key = isPattern(document.pattern) ? patternKey(document.pattern) : undefined;
    if (key !== undefined && !claimed.has(document._id) && !byKey.has(key)) byKey.set(key, document);
  }
  const steps = wanted.map((one): Step => {
    const found = (one.id === undefined ? undefined : byId.get(one.id)) ?? byKey.get(one.key);
    if (found === undefined) return { kind: 'created', wanted: one };
    claimed.add(found._id);
    const differences = differencesOf(one, found);
    return differences.length > 0
      ? { kind: 'changed', wanted: one, id: found._id, differences }
      : { kind: 'unchanged', wanted: one, id: found._id };
  });
  const others = prune ? stored.filter(({ _id }) => !claimed.has(_id)) : [];
  return [...steps, ...others.map(({ _id, pattern }): Step => ({ kind: 'removed', id: _id, pattern }))];
}

function differencesOf({ key, heartbeat }: Wanted, stored: V4Document): Difference[] {
  const { pattern, expected_interval } = stored;
  const isSamePattern = isPattern(pattern) && patternKey(pattern) === key;
  const seconds = intervalSeconds(heartbeat.expected_interval);
  return [
    ...(isSamePattern ? [] : [{ field: 'pattern', from: pattern, to: heartbeat.pattern }]),
    // `60m` is `1h`.
    ...(intervalSeconds(expected_interval) === seconds
      ? []
      : [{ field: 'expected_interval', from: expected_interval, to: heartbeat.expected_interval }]),
    // A text that the file does not give is to be none.
    ...TEXT_FIELDS.flatMap((field) => {
      const [from, to] = [stored[field], heartbeat[field] ?? ''];
      return from === to ? [] : [{ field, from, to }];
    }),
  ];
}
