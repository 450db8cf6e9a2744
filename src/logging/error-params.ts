import { withoutCredentials } from './legible-errors';

/** A stack as text, which Nest's own loggers take behind the message. */
const STACK = /\n\s+at /;

/**
 * Where an error, or a stack, stands behind the message of a call (`logger.error('it failed', error)`, with a context behind it
 * or not), nestjs-pino would take it for a value of the message and drop it.
 * @returns the call with the error as the field `err`, or the stack as the field `stack`, of one message
 */
export function errorsAsFields(message: unknown, params: readonly unknown[]): unknown[] {
  const error = params.find((param) => param instanceof Error);
  const stack = params.find((param) => typeof param === 'string' && STACK.test(param)) as string | undefined;
  const rest = params.filter((param) => param !== error && param !== stack && param !== undefined);
  if (message instanceof Error) return [{ msg: withoutCredentials(message.message), err: message }, ...rest];
  const text = typeof message === 'string' ? withoutCredentials(message) : message;
  if (error === undefined && stack === undefined) return [text, ...rest];
  const fields = typeof text === 'object' ? text : { msg: text };
  return [{ ...fields, ...(error ? { err: error } : { stack: withoutCredentials(stack ?? '') }) }, ...rest];
}
