/** An error as it is answered; without a body where the headers say all. */
export interface ErrorAnswer {
  /** HTTP status code. */
  readonly statusCode: number;
  readonly body: object | undefined;
  /** Further response headers, by name. */
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * How a version of the API answers whatever was thrown.
 * @param method the HTTP method of the request, in capitals
 */
export type ErrorFormat = (thrown: unknown, method: string) => ErrorAnswer;
