import { randomUUID } from 'node:crypto';
import { type AnyResponse, setHeader } from './any-response';

const TEXT = Symbol('JSON text');

/** JSON text that several answers share: it is made bytes once for all of them. */
export class SharedJson {
  private encoded: Buffer | undefined;

  /** @param text valid JSON */
  constructor(readonly text: string) {}

  get bytes(): Buffer {
    return (this.encoded ??= Buffer.from(this.text));
  }
}

/** Says of an object how it is written where it is answered through {@link writeVerbatim}. @param text valid JSON */
export const writtenAs = <T extends object>(value: T, text: string): T =>
  Object.defineProperty(value, TEXT, { value: text });

/** What looks into a list. */
const ITEM = /^(?:length|\d+)$/;

/**
 * What a JSON text says, and {@link writtenAs} that text: a list is read only where somebody looks into it, as an interceptor of a host's
 * may, so that whoever passes it on pays nothing for that. Who changes it has another answer written.
 * @param json valid JSON, of an array or an object
 */
export function readLazily(json: string | SharedJson): object {
  const text = typeof json === 'string' ? json : json.text;
  if (!text.startsWith('[')) return writtenAs(JSON.parse(text) as object, text);
  let unread: string | undefined = text;
  let written: string | SharedJson | undefined = json;
  const items: unknown[] = [];
  const read = (): void => {
    if (unread === undefined) return;
    for (const item of JSON.parse(unread) as unknown[]) items.push(item);
    unread = undefined;
  };
  const changing = <A extends unknown[]>(change: (...args: A) => boolean): ((...args: A) => boolean) => {
    return (...args) => {
      read();
      written = undefined;
      return change(...args);
    };
  };
  return new Proxy(items, {
    get(list, key, self) {
      if (key === TEXT) return written;
      if (typeof key === 'string' && ITEM.test(key)) read();
      return Reflect.get(list, key, self) as unknown;
    },
    has(list, key) {
      read();
      return Reflect.has(list, key);
    },
    ownKeys(list) {
      read();
      return Reflect.ownKeys(list);
    },
    getOwnPropertyDescriptor(list, key) {
      read();
      return Reflect.getOwnPropertyDescriptor(list, key);
    },
    defineProperty: changing(Reflect.defineProperty),
    deleteProperty: changing(Reflect.deleteProperty),
  });
}

/**
 * Makes a response write what {@link writtenAs} was said of as that text, also within an envelope that an interceptor of a
 * host's puts around it: to the host's code it is an object.
 */
export function writeVerbatim(response: AnyResponse): void {
  setHeader(response, 'Content-Type', 'application/json; charset=utf-8');
  if ('raw' in response) response.serializer(stringify);
  else response.json = (body) => response.send(stringify(body));
}

function stringify(body: unknown): string | Buffer {
  if (typeof body === 'string') return body;
  const whole = writtenOf(body);
  if (whole !== undefined) return typeof whole === 'string' ? whole : whole.bytes;
  const texts: string[] = [];
  const mark = randomUUID();
  const json = JSON.stringify(body, (_name, value: unknown) => {
    const written = writtenOf(value);
    if (written === undefined) return value;
    return `${mark} ${texts.push(typeof written === 'string' ? written : written.text) - 1}`;
  });
  return texts.reduce((result, text, at) => result.replace(`"${mark} ${at}"`, () => text), json);
}

const writtenOf = (value: unknown): string | SharedJson | undefined =>
  typeof value === 'object' && value !== null ? (value as { [TEXT]?: string | SharedJson })[TEXT] : undefined;
