import { Long, type Document } from 'bson';
import { checkNamespace } from '../storage/catalogue';
import type { Database } from './database';
import { encode } from '../bson/documents';
import { CommandError } from '../errors';
import { compileFilter } from '../query/filters';
import type { Index, IndexSpec } from '../storage/index-keys';
import { checkOptions, namespaceOf } from './options';
import { documentList, subDocument } from '../bson/typed-fields';
import { equal } from '../bson/order';
import type { Request } from '../wire/wire-protocol';

/** `create`: a plain collection. */
export async function create(db: Database, { body, database }: Request): Promise<Document> {
  checkOptions('create', body, ['create']);
  const namespace = namespaceOf(body, database);
  checkNamespace(namespace);
  await db.write(() => {
    if (db.catalogue.get(namespace))
      throw new CommandError('NamespaceExists', `Collection ${namespace} already exists.`);
    db.catalogue.ensure(namespace);
  });
  return { ok: 1 };
}

/** `drop`. */
export async function drop(db: Database, { body, database }: Request): Promise<Document> {
  checkOptions('drop', body, ['drop']);
  const namespace = namespaceOf(body, database);
  return db.write(() => {
    const collection = db.catalogue.get(namespace);
    if (!collection) return { ok: 1 };
    db.catalogue.drop(collection);
    return { nIndexesWas: collection.indexes.length, ns: namespace, ok: 1 };
  });
}

/** `dropDatabase`. */
export async function dropDatabase(db: Database, { body, database }: Request): Promise<Document> {
  checkOptions('dropDatabase', body, ['dropDatabase']);
  return db.write(() => {
    const collections = db.catalogue.list(database);
    for (const collection of collections) db.catalogue.drop(collection);
    return { ...(collections.length > 0 ? { dropped: database } : {}), ok: 1 };
  });
}

/** `createIndexes`: an index that is there already as it should be is left alone. */
export async function createIndexes(db: Database, { body, database }: Request): Promise<Document> {
  checkOptions('createIndexes', body, ['createIndexes', 'indexes']);
  const namespace = namespaceOf(body, database);
  const specs = documentList(body, 'indexes').map(indexSpec);
  if (specs.length === 0) throw new CommandError('BadValue', 'Must specify at least one index to create');
  const made = await db.write(() => {
    const createdCollectionAutomatically = !db.catalogue.get(namespace);
    const collection = db.catalogue.ensure(namespace);
    const numIndexesBefore = collection.indexes.length;
    const indexes: Index[] = [];
    for (const spec of specs) {
      if (!existing([...collection.indexes, ...indexes], spec)) indexes.push(db.catalogue.newIndex(spec));
    }
    for (const index of indexes) collection.build(index);
    db.catalogue.addIndexes(collection, indexes);
    return {
      indexes,
      answer: {
        numIndexesBefore,
        numIndexesAfter: collection.indexes.length,
        createdCollectionAutomatically,
      },
    };
  });
  for (const index of made.indexes) index.ready = true;
  return {
    ...made.answer,
    ...(made.indexes.length === 0 ? { note: 'all indexes already exist' } : {}),
    ok: 1,
  };
}

function indexSpec(wanted: Document): IndexSpec {
  checkOptions(
    'createIndexes.indexes',
    wanted,
    'v key name unique sparse partialFilterExpression ns'.split(' '),
  );
  const key = subDocument(wanted, 'key');
  const directions = Object.entries(key).map(([path, direction]) => {
    const number = typeof direction === 'string' ? 0 : Number(direction);
    if (!number || path === '' || path.startsWith('$') || path.includes('$**'))
      throw new CommandError(
        'CannotCreateIndex',
        `the index on '${path}': ${String(direction)} is not supported by the embedded MongoDB`,
      );
    return `${path}_${number}`;
  });
  if (directions.length === 0) throw new CommandError('CannotCreateIndex', 'Index keys cannot be empty.');
  const { partialFilterExpression, unique, sparse } = wanted;
  if (partialFilterExpression !== undefined) {
    compileFilter(subDocument(wanted, 'partialFilterExpression'));
    if (sparse)
      throw new CommandError(
        'CannotCreateIndex',
        'cannot mix "partialFilterExpression" and "sparse" options',
      );
  }
  return {
    v: 2,
    key,
    name: equal(key, { _id: 1 }) ? '_id_' : indexName(wanted.name ?? directions.join('_')),
    ...(unique ? { unique: true } : {}),
    ...(sparse ? { sparse: true } : {}),
    ...(partialFilterExpression === undefined
      ? {}
      : { partialFilterExpression: partialFilterExpression as Document }),
  };
}

/** @throws CommandError where MongoDB does not allow the name */
function indexName(wanted: unknown): string {
  const name = String(wanted);
  if (name === '') throw new CommandError('CannotCreateIndex', 'index names cannot be empty');
  if (name === '*' || name === '_id_')
    throw new CommandError('BadValue', `The index name '${name}' is reserved`);
  return name;
}

/** Whether there is such an index already. Since MongoDB 5.0 one key may be indexed once for each set of options. */
function existing(indexes: Index[], wanted: IndexSpec): boolean {
  const same = ({ spec }: Index): boolean => equal({ ...spec, name: '' }, { ...wanted, name: '' });
  const found = indexes.find(({ spec }) => spec.name === wanted.name) ?? indexes.find(same);
  if (!found || wanted.name === '_id_') return found !== undefined;
  if (found.spec.name !== wanted.name)
    throw new CommandError(
      'IndexOptionsConflict',
      `Index already exists with a different name: ${found.spec.name}`,
    );
  if (same(found)) return true;
  throw new CommandError(
    'IndexKeySpecsConflict',
    `An existing index has the same name as the requested index, and another key or other options: ${wanted.name}`,
  );
}

/** `listIndexes`, in one batch. @throws CommandError NamespaceNotFound */
export async function listIndexes(db: Database, { body, database }: Request): Promise<Buffer> {
  checkOptions('listIndexes', body, ['listIndexes', 'cursor']);
  const namespace = namespaceOf(body, database);
  const collection = db.catalogue.get(namespace);
  if (!collection) throw new CommandError('NamespaceNotFound', `ns does not exist: ${namespace}`);
  const specs = collection.indexes.map(({ spec }) => encode(spec));
  return db.cursors.open(namespace, specs[Symbol.iterator](), Infinity, true, Infinity);
}

/** `dropIndexes`: by name, by key, or `*` for all but that of `_id`. */
export async function dropIndexes(db: Database, { body, database }: Request): Promise<Document> {
  checkOptions('dropIndexes', body, ['dropIndexes', 'deleteIndexes', 'index']);
  const namespace = namespaceOf(body, database);
  return db.write(() => {
    const collection = db.catalogue.get(namespace);
    if (!collection) throw new CommandError('NamespaceNotFound', `ns not found ${namespace}`);
    const nIndexesWas = collection.indexes.length;
    const wanted = Array.isArray(body.index) ? (body.index as unknown[]) : [body.index];
    const gone = wanted.flatMap((one) => {
      if (one === '*') return collection.indexes.filter(({ spec }) => spec.name !== '_id_');
      const found = collection.indexes.find(({ spec }) => spec.name === one || equal(spec.key, one));
      if (!found) throw new CommandError('IndexNotFound', `index not found with name [${String(one)}]`);
      if (found.spec.name === '_id_') throw new CommandError('InvalidOptions', 'cannot drop _id index');
      return [found];
    });
    for (const index of new Set(gone)) db.catalogue.dropIndex(collection, index);
    return { nIndexesWas, ok: 1 };
  });
}

/** `listCollections`, in one batch. */
export async function listCollections(db: Database, { body, database }: Request): Promise<Buffer> {
  checkOptions('listCollections', body, [
    'listCollections',
    'filter',
    'nameOnly',
    'cursor',
    'authorizedCollections',
  ]);
  const matches = compileFilter(subDocument(body, 'filter'));
  const rows = db.catalogue.list(database).map(({ namespace }) => {
    const name = namespace.slice(database.length + 1);
    const more = { options: {}, info: { readOnly: false }, idIndex: { v: 2, key: { _id: 1 }, name: '_id_' } };
    return { name, type: 'collection', ...(body.nameOnly === true ? {} : more) };
  });
  const results = rows.filter(matches).map((row) => encode(row));
  return db.cursors.open(
    `${database}.$cmd.listCollections`,
    results[Symbol.iterator](),
    Infinity,
    true,
    Infinity,
  );
}

/** `listDatabases`; what each takes on disk is not known, since all share one file, and is given as 0. */
export function listDatabases(db: Database, { body }: Request): Document {
  checkOptions('listDatabases', body, ['listDatabases', 'filter', 'nameOnly', 'authorizedDatabases']);
  const matches = compileFilter(subDocument(body, 'filter'));
  const names = new Set(
    db.catalogue.list().map(({ namespace }) => namespace.slice(0, namespace.indexOf('.'))),
  );
  const databases = [...names].map((name) => {
    return body.nameOnly === true ? { name } : { name, sizeOnDisk: Long.ZERO, empty: false };
  });
  return { databases: databases.filter(matches), ok: 1 };
}
