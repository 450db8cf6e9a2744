import type { IncomingMessage } from 'node:http';
import { readJsonBody } from './json-body.decorator';

const read = (
  body: unknown,
  headers: Record<string, string> = { 'content-type': 'application/json' },
): unknown => readJsonBody({ headers, body } as unknown as IncomingMessage, 'event');

describe('readJsonBody', () => {
  it('parses bytes', () => expect(read(Buffer.from('{"a":"é"}'))).toEqual({ a: 'é' }));

  it.each([{ a: 1 }, [], 'text', 0, false])('takes what a host has parsed already as it is: %j', (body) => {
    expect(read(body)).toBe(body);
  });

  it.each([undefined, null])('refuses no body (%s)', (body) => {
    expect(() => read(body)).toThrow('invalid json.');
  });

  it.each(['', '{', '\u00A0{}'])('refuses bytes that are not JSON: %j', (text) => {
    expect(() => read(Buffer.from(text))).toThrow('invalid json.');
  });

  it('refuses bytes that are not UTF-8', () => {
    expect(() => read(Buffer.from([0x22, 0xff, 0x22]))).toThrow('invalid json.');
  });

  it('names what it expected where the type is another', () => {
    expect(() => read(Buffer.from('{}'), { 'content-type': 'text/plain' })).toThrow('invalid event payload.');
    expect(() => read(Buffer.from('{}'), {})).toThrow('invalid event payload.');
  });

  it('does not decompress', () => {
    const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip' };
    expect(() => read(Buffer.from('{}'), headers)).toThrow('unsupported content encoding.');
    expect(read({ a: 1 }, headers)).toEqual({ a: 1 });
    for (const encoding of ['identity', 'Identity', '', 'identity, identity']) {
      expect(read(Buffer.from('{}'), { ...headers, 'content-encoding': encoding })).toEqual({});
    }
  });
});
