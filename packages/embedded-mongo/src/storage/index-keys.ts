import { createHash } from 'node:crypto';
import type { Document } from 'bson';
import { CommandError } from '../errors';
import { keyOf, sortValues } from '../bson/order';
import { pathOf, type Path } from '../bson/values';

/** Longer keys are truncated to this, and the rest is represented by its SHA-256: LMDB's keys have at most 1978 bytes. */
export const KEY_BYTES = 1800;

/** Whether a decoded document matches; what a filter is compiled to. */
export type Predicate = (document: Document) => boolean;

/** An index as clients describe and list it (manual, "createIndexes"). */
export interface IndexSpec {
  v: number;
  key: Document;
  name: string;
  unique?: boolean;
  sparse?: boolean;
  partialFilterExpression?: Document;
}

/** A part of an index. Half-open: `from` ≤ key < `to`; without `to`, up to the index's end. */
export interface Interval {
  from: Buffer;
  to?: Buffer;
  /** Holds this key alone, and all of its fields. */
  point?: true;
}

/** An index of a collection: what it is, what is known of its entries, and the keys that a document has in it. */
export class Index {
  readonly fields: { path: string; parts: Path; descending: boolean }[];
  /** Some document has several entries: two bounds on a field may then be met by different elements of an array. */
  multikey = false;
  /** Some key was truncated: the order of the entries is then not quite the order of the values. */
  truncated = false;
  /** Whether its entries are committed, so that queries may use it. */
  ready = true;

  /** @param partial what the specification's `partialFilterExpression` is compiled to */
  constructor(
    readonly id: number,
    readonly spec: IndexSpec,
    private readonly partial: Predicate | undefined,
  ) {
    this.fields = Object.entries(spec.key).map(([path, direction]) => {
      return { path, parts: pathOf(path), descending: Number(direction) < 0 };
    });
  }

  get unique(): boolean {
    return this.spec.unique === true || this.spec.name === '_id_';
  }

  /** The key of these values, one for each field from the first on. */
  prefix(values: readonly unknown[]): Buffer {
    const parts = values.map((value, at) => this.part(at, keyOf(value)));
    const [only = Buffer.alloc(0), ...more] = parts;
    return more.length === 0 ? only : Buffer.concat(parts);
  }

  /** One field's part of a key: its bytes are inverted where the field is descending. */
  part(at: number, key: Buffer): Buffer {
    if (this.fields[at]?.descending)
      for (let byte = 0; byte < key.length; byte++) key[byte] = ~(key[byte] as number);
    return key;
  }

  /** The key as it is stored, given all fields' parts. */
  stored(key: Buffer): Buffer {
    if (key.length <= KEY_BYTES) return key;
    return Buffer.concat([key.subarray(0, KEY_BYTES), createHash('sha256').update(key).digest()]);
  }

  // Of a partial index the keys depend on fields that it does not name: the three that follow know nothing of it.

  /** Whether a change of these top-level fields may change a document's keys. */
  isTouchedBy(fields: ReadonlySet<string>): boolean {
    return this.partial !== undefined || this.fields.some(({ parts: [top] }) => fields.has(top));
  }

  /** Whether these top-level fields are all that its keys are made of. */
  isMadeOf(fields: ReadonlySet<string>): boolean {
    return !this.partial && this.fields.every(({ parts: [top] }) => fields.has(top));
  }

  /** Whether two documents have the same keys, where that is seen at a glance; most updates leave most indexes alone. */
  surelySame(before: Document, after: Document): boolean {
    return !this.partial && this.fields.every(({ parts: [top] }) => before[top] === after[top]);
  }

  /**
   * The keys of a document in this index, as stored, without duplicates; none where it is sparse or partial and leaves it out.
   * @throws CommandError CannotIndexParallelArrays where two fields hold arrays
   */
  keysOf(document: Document): Buffer[] {
    if (this.partial && !this.partial(document)) return [];
    if (this.spec.sparse && this.fields.every(({ parts: [top] }) => document[top] === undefined)) return [];
    const columns = this.fields.map(({ parts }) => sortValues(document, parts));
    if (this.spec.sparse && columns.every((column) => column.every((value) => value === undefined)))
      return [];
    const several = columns.findIndex((column) => column.length > 1);
    if (several === -1) return [this.stored(this.prefix(columns.map(([value]) => value)))];
    if (columns.some((column, at) => at !== several && column.length > 1))
      throw new CommandError('CannotIndexParallelArrays', 'cannot index parallel arrays');
    const keys = (columns[several] ?? []).map((element: unknown) =>
      this.stored(this.prefix(columns.map(([value], at) => (at === several ? element : value)))),
    );
    return [...new Map(keys.map((key) => [key.toString('latin1'), key])).values()];
  }
}
