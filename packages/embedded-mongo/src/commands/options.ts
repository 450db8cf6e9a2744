import type { Document } from 'bson';
import { wholeNumber } from '../bson/typed-fields';
import { CommandError } from '../errors';
import { isDocument } from '../bson/values';

/** What every command may carry. */
const COMMON = new Set(
  (
    '$db lsid $clusterTime $readPreference readConcern writeConcern maxTimeMS maxTimeMSOpTime comment txnNumber startTransaction ' +
    'autocommit apiVersion apiStrict apiDeprecationErrors'
  ).split(' '),
);

/** Options that MongoDB has and this server has not: refused by name unless they ask for nothing. */
const UNSUPPORTED = new Set(
  (
    'collation let tailable awaitData noCursorTimeout returnKey showRecordId min max explain encryptionInformation capped size ' +
    'timeseries viewOn pipeline validator validationLevel validationAction expireAfterSeconds clusteredIndex indexOptionDefaults ' +
    'storageEngine weights default_language language_override textIndexVersion hidden wildcardProjection bits ' +
    'changeStreamPreAndPostImages commitQuorum $_requestReshardingResumeToken exchange'
  ).split(' '),
);

/** Options that change nothing here: there is one node, and nothing to validate against. */
const HARMLESS = new Set(
  'allowPartialResults bypassDocumentValidation oplogReplay allowDiskUse background isMapReduceCommand'.split(
    ' ',
  ),
);

/**
 * Refuses what the command or part of it carries beyond `known`, and what no standalone server does.
 * @throws CommandError NotImplemented, Location40415, IllegalOperation and others
 */
export function checkOptions(what: string, body: Document, known: readonly string[]): void {
  for (const [name, value] of Object.entries(body)) {
    if (known.includes(name) || COMMON.has(name) || HARMLESS.has(name)) continue;
    if (!UNSUPPORTED.has(name))
      throw new CommandError('Location40415', `BSON field '${what}.${name}' is an unknown field.`);
    if (
      value === undefined ||
      value === null ||
      value === false ||
      (isDocument(value) && Object.keys(value).length === 0)
    )
      continue;
    throw new CommandError(
      'NotImplemented',
      `the option '${name}' of ${what} is not supported by the embedded MongoDB`,
    );
  }
  if (body.txnNumber !== undefined || body.startTransaction !== undefined || body.autocommit !== undefined)
    throw new CommandError(
      'IllegalOperation',
      'Transaction numbers are only allowed on a replica set member or mongos',
    );
  const { level = 'local' } = (body.readConcern ?? {}) as { level?: string };
  if (!['local', 'available', 'majority'].includes(level))
    throw new CommandError(
      'NotAReplicaSet',
      `node needs to be a replica set member to use read concern '${level}'`,
    );
  const w = (body.writeConcern as Document | undefined)?.w as unknown;
  if (w !== undefined && w !== 'majority' && !(Number(w) <= 1))
    throw new CommandError(
      'BadValue',
      `cannot use 'w' other than 0, 1 and majority when a host is not replicated`,
    );
  if (body.apiVersion !== undefined && body.apiVersion !== '1')
    throw new CommandError('APIVersionError', `API version must be "1"`);
}

/** `<database>.<collection>` of a command whose first field names the collection. @throws CommandError */
export function namespaceOf(body: Document, database: string, name = Object.keys(body)[0] ?? ''): string {
  const collection: unknown = body[name];
  if (typeof collection !== 'string')
    throw new CommandError('BadValue', `collection name has invalid type in '${name}'`);
  if (collection === '' || database === '')
    throw new CommandError('InvalidNamespace', `Invalid namespace specified '${database}.${collection}'`);
  return `${database}.${collection}`;
}

/** The deadline of a command, as `performance.now` counts. @throws CommandError */
export function deadlineOf(body: Document): number {
  const limit = wholeNumber(body, 'maxTimeMS', 0);
  return limit === 0 ? Infinity : performance.now() + limit;
}
