import type { AnyResponse } from './any-response';
import { readLazily, SharedJson, writeVerbatim, writtenAs } from './verbatim';

/** What each framework would send for what a handler, or an interceptor, returned. */
function sent(body: unknown): string[] {
  const texts: string[] = [];
  const express: Record<string, unknown> = {
    send: (text: string | Buffer) => texts.push(String(text)),
    setHeader: () => undefined,
  };
  writeVerbatim(express as unknown as AnyResponse);
  (express['json'] as (body: unknown) => void)(body);
  const fastify = {
    raw: {},
    header: () => undefined,
    serializer: (write: (body: unknown) => string | Buffer) => texts.push(String(write(body))),
  };
  writeVerbatim(fastify as unknown as AnyResponse);
  return texts;
}

describe('what is written verbatim', () => {
  it('is an object to whoever looks at it, and its text to the client', () => {
    const answer = writtenAs({ n: 1 }, '{"n":1.0}');
    expect(answer).toEqual({ n: 1 });
    expect(sent(answer)).toEqual(['{"n":1.0}', '{"n":1.0}']);
  });

  it('keeps its text in the envelope of a host', () => {
    const one = writtenAs({ n: 1 }, '{"n":"$&","x":1.0}');
    const two = writtenAs({ n: 2 }, '{"n":2.0}');
    const text = '{"ok":true,"data":[{"n":"$&","x":1.0},{"n":2.0}],"more":{"a":null}}';
    expect(sent({ ok: true, data: [one, two], more: { a: null } })).toEqual([text, text]);
  });

  it('is plain JSON where an interceptor has made something else of it', () => {
    const answer = writtenAs({ n: 1 }, '{"n":1.0}');
    expect(sent({ ...answer, more: 2 })).toEqual(['{"n":1,"more":2}', '{"n":1,"more":2}']);
    expect(sent('text')).toEqual(['text', 'text']);
  });
});

describe('JSON text that is read lazily', () => {
  const TEXT = '[{"n":1.0},{"n":2.0}]';

  it('is written as it is, alone and in the envelope of a host', () => {
    expect(sent(readLazily(TEXT))).toEqual([TEXT, TEXT]);
    expect(sent(readLazily('{"n":1.0}'))).toEqual(['{"n":1.0}', '{"n":1.0}']);
    const enveloped = `{"ok":true,"data":${TEXT}}`;
    expect(sent({ ok: true, data: readLazily(TEXT) })).toEqual([enveloped, enveloped]);
  });

  it('is made bytes once for all answers that share it', () => {
    const shared = new SharedJson('[{"name":"é"}]');
    const enveloped = `{"data":${shared.text}}`;
    expect(sent(readLazily(shared))).toEqual([shared.text, shared.text]);
    expect(sent({ data: readLazily(shared) })).toEqual([enveloped, enveloped]);
    expect(shared.bytes).toBe(shared.bytes);
  });

  it('is a list to whoever looks into it', () => {
    const list = readLazily(TEXT) as { n: number }[];
    expect(Array.isArray(list)).toBe(true);
    expect([...list]).toEqual([{ n: 1 }, { n: 2 }]);
    expect((readLazily(TEXT) as { n: number }[]).map(({ n }) => n)).toEqual([1, 2]);
    expect(readLazily(TEXT)).toEqual([{ n: 1 }, { n: 2 }]);
    expect(Object.keys(readLazily(TEXT))).toEqual(['0', '1']);
    expect(0 in readLazily(TEXT)).toBe(true);
    expect((readLazily(TEXT) as unknown[]).length).toBe(2);
    expect(JSON.stringify(readLazily(TEXT))).toBe('[{"n":1},{"n":2}]');
  });

  it('is written anew where somebody has changed it', () => {
    const longer = readLazily(TEXT) as unknown[];
    longer.push({ n: 3 });
    expect(sent(longer)[0]).toBe('[{"n":1},{"n":2},{"n":3}]');
    const shorter = readLazily(TEXT) as unknown[];
    shorter.pop();
    expect(sent(shorter)[0]).toBe('[{"n":1}]');
    const other = readLazily(TEXT) as unknown[];
    other[0] = null;
    expect(sent(other)[0]).toBe('[null,{"n":2}]');
  });
});
