import { randomUUID } from 'node:crypto';
import { type AnyResponse, setHeader } from './json-answer';

const TEXT = Symbol('JSON text');

/** Says of an object how it is written where it is answered through {@link writeVerbatim}. @param text valid JSON */
export const writtenAs = <T extends object>(value: T, text: string): T =>
  Object.defineProperty(value, TEXT, { value: text });

/**
 * Makes a response write what {@link writtenAs} was said of as that text, also within an envelope that an interceptor of a
 * host's puts around it: to the host's code it is an object.
 */
export function writeVerbatim(response: AnyResponse): void {
  setHeader(response, 'Content-Type', 'application/json; charset=utf-8');
  if ('raw' in response) response.serializer(stringify);
  else response.json = (body) => response.send(stringify(body));
}

function stringify(body: unknown): string {
  if (typeof body === 'string') return body;
  const whole = textOf(body);
  if (whole !== undefined) return whole;
  const texts: string[] = [];
  const mark = randomUUID();
  const json = JSON.stringify(body, (_name, value: unknown) => {
    const text = textOf(value);
    return text === undefined ? value : `${mark} ${texts.push(text) - 1}`;
  });
  return texts.reduce((result, text, at) => result.replace(`"${mark} ${at}"`, () => text), json);
}

const textOf = (value: unknown): string | undefined =>
  typeof value === 'object' && value !== null ? (value as { [TEXT]?: string })[TEXT] : undefined;
