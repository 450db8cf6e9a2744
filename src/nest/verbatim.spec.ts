import type { AnyResponse } from './json-answer';
import { writeVerbatim, writtenAs } from './verbatim';

/** What each framework would send for what a handler, or an interceptor, returned. */
function sent(body: unknown): string[] {
  const texts: string[] = [];
  const express: Record<string, unknown> = {
    send: (text: string) => texts.push(text),
    setHeader: () => undefined,
  };
  writeVerbatim(express as unknown as AnyResponse);
  (express['json'] as (body: unknown) => void)(body);
  const fastify = {
    raw: {},
    header: () => undefined,
    serializer: (write: (body: unknown) => string) => texts.push(write(body)),
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
