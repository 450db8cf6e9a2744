import { linesOf } from './lines';

async function read(chunks: string[], maxBytes?: number): Promise<[number, string | undefined, number][]> {
  const lines: [number, string | undefined, number][] = [];
  const source = (async function* (): AsyncGenerator<Buffer> {
    for (const chunk of chunks) yield await Promise.resolve(Buffer.from(chunk, 'latin1'));
  })();
  for await (const { number, bytes, end } of linesOf(source, maxBytes)) {
    lines.push([number, bytes?.toString('latin1'), end]);
  }
  return lines;
}

describe('linesOf', () => {
  it('finds the same lines wherever the chunks end', async () => {
    const expected = [
      [1, 'ab', 3],
      [2, '', 4],
      [3, 'c\r', 7],
      [4, 'd', 8],
    ];
    expect(await read(['ab\n\nc\r\nd'])).toEqual(expected);
    expect(await read([...'ab\n\nc\r\nd'])).toEqual(expected);
    expect(await read(['ab\n\nc\r\nd', '\n'])).toEqual([...expected.slice(0, 3), [4, 'd', 9]]);
  });

  it('finds none in an empty file', async () => expect(await read([])).toEqual([]));

  it('does not keep a line that is too long, and goes on after it', async () => {
    expect(await read(['abc', 'd\nabc\n', 'abcdefg', 'h\nx'], 3)).toEqual([
      [1, undefined, 5],
      [2, 'abc', 9],
      [3, undefined, 18],
      [4, 'x', 19],
    ]);
  });

  it('takes the line separators of Unicode for text', async () => {
    expect(await read(['\u0085\u000b\u000c\r'])).toHaveLength(1);
    expect(await read([Buffer.from('{"a":"\u2028\u2029"}').toString('latin1')])).toHaveLength(1);
  });
});
