import { StreamableFile } from '@nestjs/common';
import type { Readable } from 'node:stream';
import { type AnyResponse, nodeResponse, setHeader } from './any-response';
import { readLazily, SharedJson, writeVerbatim } from './verbatim';

const JSON_TYPE = 'application/json; charset=utf-8';

/** JSON that is text already, as a handler returns it: what it says, to a host's interceptors, or a stream. */
export type JsonAnswer = object | StreamableFile;

/**
 * Answers with JSON that is text already, whole or as a stream. A stream is ended when the client goes away: not every
 * framework does that.
 */
export function jsonAnswer(json: string | SharedJson | Readable, response: AnyResponse): JsonAnswer {
  if (typeof json === 'string' || json instanceof SharedJson) {
    writeVerbatim(response);
    return readLazily(json);
  }
  setHeader(response, 'Content-Type', JSON_TYPE);
  nodeResponse(response).once('close', () => json.destroy());
  return new StreamableFile(json, { type: JSON_TYPE });
}
