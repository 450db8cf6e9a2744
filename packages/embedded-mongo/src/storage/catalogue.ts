import type { Document } from 'bson';
import { Collection, keySpace } from './collection';
import { decode, encode } from '../bson/documents';
import { CommandError } from '../errors';
import { Index, type IndexSpec, type Predicate } from './index-keys';
import type { Storage } from './storage';

const ID_INDEX: IndexSpec = { v: 2, key: { _id: 1 }, name: '_id_' };
const NEXT_ID = Buffer.of(keySpace.catalogue, 0);

/** All collections with their indexes: in memory for reading, in the storage for the next start. */
export class Catalogue {
  private readonly collections = new Map<string, Collection>();

  /** @param compile makes a filter of a `partialFilterExpression` */
  constructor(
    private readonly storage: Storage,
    private readonly compile: (expression: Document) => Predicate,
  ) {
    this.load();
  }

  /**
   * Reads everything from the storage: at the start, and, within `Storage.write`, after changes that were rolled back. What others
   * are at work on stays the same object: a collection that was there before, and its indexes.
   */
  load(): void {
    const before = new Map(this.collections);
    this.collections.clear();
    for (const { key, value } of this.storage.range(
      Buffer.of(keySpace.catalogue, 1),
      Buffer.of(keySpace.catalogue + 1),
    )) {
      const namespace = key.toString('utf8', 1);
      const { id, indexes } = decode(value) as { id: number; indexes: Document[] };
      const known = before.get(namespace);
      const restored = indexes.map((stored) => {
        const index =
          known?.indexes.find((one) => one.id === stored.id) ??
          this.index(stored.id as number, stored.spec as IndexSpec);
        return Object.assign(index, entryFlags(stored));
      });
      if (known?.id === id) known.restore(restored);
      const collection = known?.id === id ? known : new Collection(this.storage, namespace, id, restored);
      this.collections.set(namespace, collection);
    }
    for (const [namespace, collection] of before) collection.dropped = this.get(namespace) !== collection;
  }

  get(namespace: string): Collection | undefined {
    return this.collections.get(namespace);
  }

  /** The collections of a database, or of all. */
  list(database?: string): Collection[] {
    const all = [...this.collections.values()];
    return database === undefined ? all : all.filter(({ namespace }) => namespace.startsWith(`${database}.`));
  }

  /** The collection, made where it is missing. Only within `Storage.write`. */
  ensure(namespace: string): Collection {
    let collection = this.collections.get(namespace);
    if (collection) return collection;
    checkNamespace(namespace);
    collection = new Collection(this.storage, namespace, this.newId(), [this.newIndex(ID_INDEX)]);
    this.collections.set(namespace, collection);
    this.save(collection);
    return collection;
  }

  /** An index that is to be made. Only within `Storage.write`. */
  newIndex(spec: IndexSpec): Index {
    return this.index(this.newId(), spec);
  }

  private index(id: number, spec: IndexSpec): Index {
    const { partialFilterExpression } = spec;
    return new Index(id, spec, partialFilterExpression && this.compile(partialFilterExpression));
  }

  /** New indexes whose entries are made; they serve queries once `ready` is set. Only within `Storage.write`. */
  addIndexes(collection: Collection, indexes: Index[]): void {
    for (const index of indexes) index.ready = false;
    collection.indexes.push(...indexes);
    this.save(collection);
  }

  /** Only within `Storage.write`. */
  dropIndex(collection: Collection, index: Index): void {
    collection.indexes.splice(collection.indexes.indexOf(index), 1);
    this.save(collection);
    collection.clear(index);
  }

  /** Only within `Storage.write`. */
  drop(collection: Collection): void {
    this.collections.delete(collection.namespace);
    collection.dropped = true;
    this.storage.remove(catalogueKey(collection.namespace));
    collection.clearAll();
  }

  /** Runs a change of a collection, and records what the change made known of its indexes. Only within `Storage.write`. */
  change<T>(collection: Collection, change: () => T): T {
    const result = change();
    if (collection.dirty) this.save(collection);
    collection.dirty = false;
    return result;
  }

  private save({ namespace, id, indexes }: Collection): void {
    this.storage.put(catalogueKey(namespace), encode({ id, indexes: indexes.map(storedIndex) }));
  }

  /** The number of a new collection or index, never given before. Only within `Storage.write`. */
  private newId(): number {
    const id = (this.storage.get(NEXT_ID)?.readUInt32BE() ?? 0) + 1;
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(id);
    this.storage.put(NEXT_ID, bytes);
    return id;
  }
}

// On disk it is called `cut` that keys of an index were truncated, as it was at first, so that older data stays readable.

function storedIndex({ id, spec, multikey, truncated }: Index): Document {
  return { id, spec, multikey, cut: truncated };
}

/** What is known of the entries of a stored index. */
function entryFlags({ multikey, cut }: Document): Pick<Index, 'multikey' | 'truncated'> {
  return { multikey: multikey === true, truncated: cut === true };
}

function catalogueKey(namespace: string): Buffer {
  return Buffer.concat([Buffer.of(keySpace.catalogue), Buffer.from(namespace)]);
}

/** @throws CommandError InvalidNamespace for names that MongoDB does not allow (manual, "Naming Restrictions") */
export function checkNamespace(namespace: string): void {
  const dot = namespace.indexOf('.');
  const database = namespace.slice(0, dot);
  const collection = namespace.slice(dot + 1);
  const valid =
    dot > 0 &&
    Buffer.byteLength(database) <= 63 &&
    Buffer.byteLength(namespace) <= 255 &&
    !/[/\\ "$\0]/.test(database) &&
    !/^$|^\.|\.$|[$\0]|^system\./.test(collection);
  if (!valid) throw new CommandError('InvalidNamespace', `Invalid namespace specified '${namespace}'`);
}
