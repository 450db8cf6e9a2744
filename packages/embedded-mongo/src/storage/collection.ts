import { BSON, type Document } from 'bson';
import { decode } from '../bson/documents';
import { CommandError } from '../errors';
import { KEY_BYTES, type Index, type Interval } from './index-keys';
import { resolvePath } from '../bson/order';
import type { Storage } from './storage';

/** The first byte of every key in the storage says what it is. */
export const keySpace = { catalogue: 1, documents: 2, entries: 3 } as const;

const RECORD_ID_BYTES = 6;
/** Of a key: the space, and the collection or index in it. */
const HEAD_BYTES = 5;

/** A stored document: its record id, which gives the natural order, and its bytes. */
export interface StoredDocument {
  recordId: number;
  raw: Buffer;
}

/** The documents of one collection and their index entries. All changes happen within `Storage.write`. */
export class Collection {
  /** Whether something is known of an index that is not yet written into the catalogue. */
  dirty = false;
  /** Whether it has been dropped, so that who is still at work on it must not take the rest for nothing. */
  dropped = false;
  private nextRecordId: number;
  /** How many documents there are; undefined where one was added or removed since they were counted. */
  private counted: number | undefined;
  private readonly from: Buffer;
  private readonly to: Buffer;

  constructor(
    private readonly storage: Storage,
    readonly namespace: string,
    readonly id: number,
    readonly indexes: Index[],
  ) {
    [this.from, this.to] = space(keySpace.documents, id);
    const [last] = storage.range(this.from, this.to, true);
    this.nextRecordId = last ? recordIdOf(last.key.subarray(-RECORD_ID_BYTES)) + 1 : 1;
  }

  /** Takes over the indexes as the storage has them, after changes that were rolled back. */
  restore(indexes: Index[]): void {
    this.indexes.splice(0, Infinity, ...indexes);
    this.dirty = false;
    this.counted = undefined;
    // `nextRecordId` stays: an id that was given once is not given again, whether its document was kept or not.
  }

  /** All documents in natural order. */
  *all(reverse = false): Generator<StoredDocument, void> {
    for (const { key, value } of this.storage.range(this.from, this.to, reverse))
      yield { recordId: recordIdOf(key.subarray(-RECORD_ID_BYTES)), raw: value };
  }

  /** How many there are. To count them takes 10 ms for each 100,000, and is done anew after one was added or removed. */
  count(): number {
    if (this.counted !== undefined) return this.counted;
    const count = this.storage.count(this.from, this.to);
    // What is being added, or removed, does not count yet; whether that is here or in another collection is not known.
    if (!this.storage.isWriting) this.counted = count;
    return count;
  }

  read(recordId: number): Buffer | undefined {
    return this.storage.get(this.documentKey(recordId));
  }

  /** The record ids of the documents whose entries lie in `from` ≤ key < `to` of this index, in the index's order. */
  *entries(index: Index, { from, to, point }: Interval, reverse: boolean): Generator<number, void> {
    if (point && index.unique) {
      const recordId = this.storage.look(this.entryKey(index, from, 0), recordIdOf);
      if (recordId !== undefined) yield recordId;
      return;
    }
    for (const { value } of this.storage.range(...bounds(index, { from, to }), reverse))
      yield recordIdOf(value);
  }

  /** How many entries of this index lie in `from` ≤ key < `to`. */
  countEntries(index: Index, interval: Interval): number {
    return this.storage.count(...bounds(index, interval));
  }

  /** @throws CommandError DuplicateKey, with nothing changed */
  insert(raw: Buffer, document: Document): void {
    const keys = this.indexes.map((index) => index.keysOf(document));
    this.refuseDuplicates(keys, document);
    const recordId = this.nextRecordId++;
    this.counted = undefined;
    this.storage.put(this.documentKey(recordId), raw);
    this.indexes.forEach((index, at) => this.addEntries(index, keys[at] ?? [], recordId));
  }

  /** @throws CommandError DuplicateKey, with nothing changed */
  replace(recordId: number, before: Document, raw: Buffer, after: Document): void {
    const affected = this.indexes.filter((index) => !index.surelySame(before, after));
    const changes = affected.map((index) => {
      const old = index.keysOf(before);
      const now = index.keysOf(after);
      return { index, gone: without(old, now), added: without(now, old), several: now.length > 1 };
    });
    this.refuseDuplicates(
      changes.map(({ added }) => added),
      after,
      affected,
    );
    this.storage.put(this.documentKey(recordId), raw);
    for (const { index, gone, added, several } of changes) {
      for (const key of gone) this.storage.remove(this.entryKey(index, key, recordId));
      this.addEntries(index, added, recordId, several);
    }
  }

  remove(recordId: number, document: Document): void {
    const keys = this.indexes.map((index) => index.keysOf(document));
    this.counted = undefined;
    this.storage.remove(this.documentKey(recordId));
    this.indexes.forEach((index, at) => {
      for (const key of keys[at] ?? []) this.storage.remove(this.entryKey(index, key, recordId));
    });
  }

  /** Makes the entries of a new index, which is not yet among `indexes`. @throws CommandError DuplicateKey */
  build(index: Index): void {
    for (const { recordId, raw } of this.all()) {
      const document = decode(raw);
      const keys = index.keysOf(document);
      this.refuseDuplicates([keys], document, [index]);
      this.addEntries(index, keys, recordId);
    }
  }

  /** Removes the entries of an index. */
  clear(index: Index): void {
    for (const { key } of this.storage.range(...space(keySpace.entries, index.id))) this.storage.remove(key);
  }

  /** Removes all documents and all entries. */
  clearAll(): void {
    this.counted = undefined;
    for (const { key } of this.storage.range(this.from, this.to)) this.storage.remove(key);
    for (const index of this.indexes) this.clear(index);
  }

  private addEntries(index: Index, keys: Buffer[], recordId: number, several = keys.length > 1): void {
    const truncated = keys.some((key) => key.length > KEY_BYTES);
    this.dirty ||= (several && !index.multikey) || (truncated && !index.truncated);
    index.multikey ||= several;
    index.truncated ||= truncated;
    for (const key of keys) this.storage.put(this.entryKey(index, key, recordId), recordIdBytes(recordId));
  }

  private refuseDuplicates(keys: Buffer[][], document: Document, indexes = this.indexes): void {
    indexes.forEach((index, at) => {
      if (!index.unique || !keys[at]?.some((key) => this.storage.get(this.entryKey(index, key, 0)))) return;
      const keyValue = Object.fromEntries(
        index.fields.map(({ path, parts }) => [path, resolvePath(document, parts)[0] ?? null]),
      );
      const message = `E11000 duplicate key error collection: ${this.namespace} index: ${index.spec.name} dup key: ${BSON.EJSON.stringify(keyValue)}`;
      throw new CommandError('DuplicateKey', message, { keyPattern: index.spec.key, keyValue });
    });
  }

  private documentKey(recordId: number): Buffer {
    const key = Buffer.allocUnsafe(HEAD_BYTES + RECORD_ID_BYTES);
    this.from.copy(key);
    key.writeUIntBE(recordId, HEAD_BYTES, RECORD_ID_BYTES);
    return key;
  }

  /** Entries of a unique index have the key alone; others carry the document's record id after it. */
  private entryKey(index: Index, key: Buffer, recordId: number): Buffer {
    const end = HEAD_BYTES + key.length;
    const bytes = Buffer.allocUnsafe(index.unique ? end : end + RECORD_ID_BYTES);
    bytes[0] = keySpace.entries;
    bytes.writeUInt32BE(index.id, 1);
    key.copy(bytes, HEAD_BYTES);
    if (!index.unique) bytes.writeUIntBE(recordId, end, RECORD_ID_BYTES);
    return bytes;
  }
}

/** The keys that are not among the others. */
function without(keys: Buffer[], others: Buffer[]): Buffer[] {
  // Nearly always there is one of each; an array may have thousands.
  if (others.length < 8) return keys.filter((key) => !others.some((other) => other.equals(key)));
  const known = new Set(others.map((key) => key.toString('latin1')));
  return keys.filter((key) => !known.has(key.toString('latin1')));
}

/** The first key of an index's entries in an interval, and the first key after them. */
function bounds({ id }: Index, { from, to }: Interval): [Buffer, Buffer] {
  const [head, end] = space(keySpace.entries, id);
  return [Buffer.concat([head, from]), to ? Buffer.concat([head, to]) : end];
}

/** The first key of a collection's documents or an index's entries, and the first key after them. */
function space(kind: number, id: number): [Buffer, Buffer] {
  const from = Buffer.alloc(HEAD_BYTES, kind);
  from.writeUInt32BE(id, 1);
  const to = Buffer.from(from);
  to.writeUInt32BE(id + 1, 1);
  return [from, to];
}

function recordIdOf(bytes: Buffer): number {
  return bytes.readUIntBE(0, RECORD_ID_BYTES);
}

function recordIdBytes(recordId: number): Buffer {
  const bytes = Buffer.allocUnsafe(RECORD_ID_BYTES);
  bytes.writeUIntBE(recordId, 0, RECORD_ID_BYTES);
  return bytes;
}
