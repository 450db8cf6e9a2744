import type { Document } from 'bson';
import { MAX_DOCUMENT_BYTES } from '../bson/documents';
import { MAX_MESSAGE_BYTES } from '../wire/wire-protocol';
import { MAX_BATCH } from './writes';

/** The MongoDB whose answers are given; 21 is its wire version. */
const VERSION = [7, 0, 0, 0];
const WIRE_VERSION = 21;

/** `hello`, and `isMaster` as it was before: a standalone server, without a topology version, so that drivers poll. */
export function hello(): Document {
  return {
    helloOk: true,
    ismaster: true,
    isWritablePrimary: true,
    maxBsonObjectSize: MAX_DOCUMENT_BYTES,
    maxMessageSizeBytes: MAX_MESSAGE_BYTES,
    maxWriteBatchSize: MAX_BATCH,
    localTime: new Date(),
    logicalSessionTimeoutMinutes: 30,
    minWireVersion: 0,
    maxWireVersion: WIRE_VERSION,
    readOnly: false,
    ok: 1,
  };
}

/** `buildInfo`. */
export function buildInfo(): Document {
  return {
    version: VERSION.slice(0, 3).join('.'),
    versionArray: VERSION,
    gitVersion: 'embedded-mongo',
    modules: [],
    bits: 64,
    debug: false,
    maxBsonObjectSize: MAX_DOCUMENT_BYTES,
    storageEngines: ['lmdb'],
    ok: 1,
  };
}
