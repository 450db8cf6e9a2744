/** MongoDB's error codes that this server can answer (the server's own list, src/mongo/base/error_codes.yml). */
const codes = {
  InternalError: 1,
  BadValue: 2,
  FailedToParse: 9,
  TypeMismatch: 14,
  Overflow: 15,
  IllegalOperation: 20,
  InvalidLength: 16,
  InvalidBSON: 22,
  NamespaceNotFound: 26,
  IndexNotFound: 27,
  PathNotViable: 28,
  ConflictingUpdateOperators: 40,
  EmptyFieldName: 56,
  CursorNotFound: 43,
  NamespaceExists: 48,
  MaxTimeMSExpired: 50,
  DollarPrefixedFieldName: 52,
  InvalidIdField: 53,
  CommandNotFound: 59,
  ImmutableField: 66,
  CannotCreateIndex: 67,
  InvalidOptions: 72,
  InvalidNamespace: 73,
  IndexOptionsConflict: 85,
  IndexKeySpecsConflict: 86,
  NotAReplicaSet: 123,
  CursorKilled: 237,
  NotImplemented: 238,
  ExceededMemoryLimit: 292,
  CannotIndexParallelArrays: 171,
  QueryPlanKilled: 175,
  APIVersionError: 322,
  BSONObjectTooLarge: 10334,
  DuplicateKey: 11000,
  CursorInUse: 12051,
  Location17217: 17217,
  Location40415: 40415,
  Location40573: 40573,
} as const;

export type ErrorName = keyof typeof codes;

/** An error that goes to the client as `{ok: 0, code, codeName, errmsg}`; `details` are added to the answer as they are. */
export class CommandError extends Error {
  readonly code: number;
  constructor(
    readonly codeName: ErrorName,
    message: string,
    readonly details: Record<string, unknown> = {},
  ) {
    super(message);
    this.code = codes[codeName];
  }
}

/**
 * Any error as it goes to the client.
 * @param onUnexpectedError is told of what is no answer to the client's mistakes
 */
export function commandError(error: unknown, onUnexpectedError: (error: Error) => void): CommandError {
  if (error instanceof CommandError) return error;
  // The client is told, each time; a full disk would fill the log too.
  if (error instanceof StorageError) return new CommandError('InternalError', error.message);
  // mingo refuses what it does not know or cannot compute with errors of a class that it does not export.
  const known = error as Error;
  if (known.constructor.name === 'MingoError') return new CommandError('BadValue', known.message);
  onUnexpectedError(known);
  return new CommandError('InternalError', 'internal error of the embedded MongoDB');
}

/** The disk did not take what was to be written; it says nothing about what the client asked for. */
export class StorageError extends Error {
  override readonly name = 'StorageError';
}

/** The server cannot start, or its storage cannot be used; the message says why, and names the directory. */
export class EmbeddedMongoError extends Error {
  override readonly name = 'EmbeddedMongoError';
}
