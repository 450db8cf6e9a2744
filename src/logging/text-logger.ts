import { ConsoleLogger, type LogLevel } from '@nestjs/common';
import { isatty } from 'node:tty';
import { inspect } from 'node:util';
import { escaped } from '../util/legible';
import { errorText, withoutCredentials } from './legible-errors';

/** What can stand in a line as it is. */
const PLAIN = /^[^\s"\p{C}]+$/u;

/** Nest's own logger, for people. A message with fields is one line: its `msg`, then each field as `name=value`. */
export class TextLogger extends ConsoleLogger {
  /** @param level the least important level that is logged */
  constructor(level: LogLevel) {
    // Colours are for terminals; Nest would write them into files and pipes too.
    super({ logLevels: [level], ...(!(isatty(1) && isatty(2)) && { colors: false }) });
  }

  protected override stringifyMessage(message: unknown, logLevel: LogLevel): string {
    return super.stringifyMessage(legible(textOf(message)), logLevel) as string;
  }

  protected override printStackTrace(stack: string): void {
    super.printStackTrace(stack && legible(stack));
  }
}

/** Without credentials, and without what comes from outside and a terminal would obey; a stack keeps its lines. */
const legible = (text: string): string => escaped(withoutCredentials(text), '\n\t');

function textOf(message: unknown): string {
  if (typeof message === 'string') return message;
  if (message instanceof Error) return errorText(message);
  return isPlainObject(message) ? lineOf(message) : inspect(message);
}

const isPlainObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;

function lineOf({ msg, ...fields }: Record<string, unknown>): string {
  const words = typeof msg === 'string' ? [msg] : [];
  for (const [name, value] of Object.entries(fields)) {
    if (value !== undefined) words.push(`${name}=${shown(value)}`);
  }
  return words.join(' ');
}

const shown = (value: unknown): string =>
  typeof value === 'string' && PLAIN.test(value) ? value : JSON.stringify(value);
