import type { Type } from '@nestjs/common';
import type { ErrorName } from './errors';
import type { V4ErrorName } from './v4-errors';

/** A JSON Schema of draft 2020-12, which is what OpenAPI 3.1 has; names of {@link Described.schemas} by {@link schemaRef}. */
export type Schema = Readonly<Record<string, unknown>>;

/** A body, and examples of it by name. */
export interface Content {
  /** Default: `application/json`. */
  readonly mediaType?: string;
  readonly schema: Schema;
  readonly examples: Readonly<Record<string, unknown>>;
}

/** What is to be said of one call, beyond its path and its method. */
export interface Call {
  /** Unique, for generated clients. */
  readonly id: string;
  readonly summary: string;
  readonly description?: string;
  /** true: no credentials are asked for. Default: as the controller has it. */
  readonly open?: boolean;
  /** Schemas of the query's parameters, with their descriptions, by name. */
  readonly query?: Readonly<Record<string, Schema>>;
  /** Names of those among them that must be there. */
  readonly requiredQuery?: readonly string[];
  readonly body?: Content;
  /** What success is answered with. */
  readonly answer: (Content | { readonly schema?: undefined }) & {
    /** Default: 200. */
    readonly status?: number;
    readonly description: string;
    /** `operationId` of each call that takes the id which this one answers as `description`. */
    readonly links?: readonly string[];
    /** Header Objects by name, beyond or instead of those of every answer. */
    readonly headers?: Readonly<Record<string, Schema>>;
  };
  /** What else can come, beyond the errors of every call. */
  readonly errors?: readonly ErrorName[];
  /** The same of version 4. */
  readonly v4Errors?: readonly V4ErrorName[];
}

/** What is to be said of a controller. */
export interface Described {
  readonly tag: { readonly name: string; readonly description: string };
  /** The version of the API, which has the form of its errors. Default: v2. */
  readonly version?: 'v4';
  /** true: no credentials are asked for. */
  readonly open?: boolean;
  /** Schemas that others refer to, by name. */
  readonly schemas?: Readonly<Record<string, Schema>>;
  /** Schemas of the paths' parameters, with their descriptions, by name. */
  readonly parameters?: Readonly<Record<string, Schema>>;
  /** By name of the handler. */
  readonly calls: Readonly<Record<string, Call>>;
}

const DESCRIBED = Symbol('heartbeat described');

/** Says of a controller what the OpenAPI document needs to know. */
export const Described =
  (described: Described): ClassDecorator =>
  (controller) =>
    Reflect.defineMetadata(DESCRIBED, described, controller);

/** @returns undefined for a controller that is not one of ours */
export const describedOf = (controller: Type<object>): Described | undefined =>
  Reflect.getMetadata(DESCRIBED, controller) as Described | undefined;

/** The schema of a time on the wire. */
export const unixSeconds = (description: string): { type: 'number'; description: string } => ({
  type: 'number',
  description: `${description} Unix seconds, with milliseconds as decimals.`,
});

export const schemaRef = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` });

/**
 * The schema of an object that has exactly these fields.
 * @param fields schema of each; that of `T` is wrong where one is missing
 * @param optional those that need not be there
 */
export const exactly = <T>(
  fields: Readonly<Record<keyof T & string, Schema>>,
  optional: readonly (keyof T & string)[] = [],
): Schema => ({
  type: 'object',
  additionalProperties: false,
  required: (Object.keys(fields) as (keyof T & string)[]).filter((name) => !optional.includes(name)),
  properties: fields,
});
