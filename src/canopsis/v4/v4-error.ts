import { problemHeader } from '../problem';

/** What is wrong with each field, by its name; those of a bulk begin with the item's index. `""` is the request itself. */
export type FieldErrors = Readonly<Record<string, string>>;

/** The body of an error of version 4: one of two forms. */
export type V4ErrorBody = { readonly error: string } | { readonly errors: FieldErrors };

/** An error that already is an answer of version 4 (contract: API v4, "Errors"). */
export class V4Error extends Error {
  constructor(
    /** HTTP status code. */
    readonly statusCode: number,
    readonly body: V4ErrorBody,
    /** Further response headers, by name. */
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super('error' in body ? body.error : Object.values(body.errors).join(' '));
    this.name = 'V4Error';
  }
}

/** What is said of all that cannot be read. */
export const STRUCTURE = 'request has invalid structure';

/**
 * 400: no JSON, JSON of another shape, or a field of another type.
 * @param problem which field is wrong, and how; a header tells it
 */
export const invalidStructure = (problem: string): V4Error =>
  new V4Error(400, { error: STRUCTURE }, problemHeader(problem));

/** 400: what is wrong with some fields. */
export const invalidFields = (errors: FieldErrors): V4Error =>
  new V4Error(400, { errors }, problemHeader(textOf(errors)));

const textOf = (errors: FieldErrors): string =>
  Object.entries(errors)
    .map(([field, text]) => (field === '' ? text : `${field}: ${text}`))
    .join(' ');

/** 400: what is wrong with the request as a whole. */
export const invalidRequest = (text: string): V4Error => invalidFields({ '': text });

/** 404: no heartbeat has this id. */
export const notFound = (): V4Error => new V4Error(404, { error: 'Not found' });

/** 404: no heartbeats have these ids of a bulk. */
export const idsNotFound = (ids: readonly string[]): V4Error =>
  new V4Error(404, { error: `not found ${ids.join(',')}` });

/** 400: there are not so many pages. */
export const pageOutOfRange = (): V4Error => new V4Error(400, { error: 'page is out of range' });
