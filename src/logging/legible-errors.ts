/** Credentials in a URL, up to the last `@` before its path. */
const CREDENTIALS = /\b([a-z][a-z0-9+.-]*:\/\/)[^\s/]*@/gi;

/** A text of anybody's, without the credentials of the URLs in it. */
export const withoutCredentials = (text: string): string =>
  text.includes('@') ? text.replace(CREDENTIALS, '$1***@') : text;

/** What a log tells of an error; nothing else of it, which may hold secrets. */
export interface ErrorFields {
  readonly type: string;
  readonly message: string;
  readonly stack: string;
  readonly code?: string | number;
  readonly cause?: ErrorFields;
}

/** So many causes of causes are told. */
const DEPTH = 5;

/** @returns name, message, stack, code and cause of an error, without credentials */
export function errorFields(error: Error, depth = DEPTH): ErrorFields {
  const { code } = error as { code?: unknown };
  const { cause } = error;
  return {
    type: error.name,
    message: withoutCredentials(error.message),
    stack: withoutCredentials(error.stack ?? `${error.name}: ${error.message}`),
    ...((typeof code === 'string' || typeof code === 'number') && { code }),
    ...(cause instanceof Error && depth > 1 && { cause: errorFields(cause, depth - 1) }),
  };
}

/** The same as text: the stack of the error, and those of its causes. */
export function errorText(error: Error): string {
  const { stack, code, cause } = errorFields(error);
  const texts = [code === undefined ? stack : `${stack}\n    code: ${code}`];
  for (let next = cause; next !== undefined; next = next.cause) texts.push(`caused by: ${next.stack}`);
  return texts.join('\n');
}
