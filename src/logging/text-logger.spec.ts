import { TextLogger } from './text-logger';

class Captured extends TextLogger {
  readonly texts: string[] = [];

  constructor() {
    super('log');
    this.options.colors = false;
  }

  protected override printMessages(messages: unknown[]): void {
    this.texts.push(...messages.map((message) => this.stringifyMessage(message, 'log')));
  }
}

function shown(message: unknown): string | undefined {
  const logger = new Captured();
  logger.log(message);
  return logger.texts[0];
}

describe('the text of a message', () => {
  it.each<[unknown, string]>([
    ['as it is', 'as it is'],
    [{ msg: 'request', status: 200, ms: 1.5 }, 'request status=200 ms=1.5'],
    [{ user: 'anne', action: 'create', missing: undefined }, 'user=anne action=create'],
    [
      { path: '/a b', more: 'x\ny', quoted: '"', deep: { a: 1 } },
      'path="/a b" more="x\\ny" quoted="\\"" deep={"a":1}',
    ],
  ])('%j is one line', (message, text) => expect(shown(message)).toBe(text));

  it('has nothing that a terminal obeys', () => {
    expect(shown('\u009b2J \u0085 \u2028 \u2029 \u202e \u001b[31m é 😀')).toBe(
      '\\u{9b}2J \\u{85} \\u{2028} \\u{2029} \\u{202e} \\u{1b}[31m é 😀',
    );
    expect(shown({ path: '/\u009b2J', '\u202e': 1 })).toBe('path="/\\u{9b}2J" \\u{202e}=1');
  });

  it('keeps the lines of a stack, and nothing else that a terminal obeys', () => {
    const written = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
    new Captured().error('it failed', 'Error: a\u009bb\n    at f (/x.js:1:2)');
    const texts = written.mock.calls.map(([text]) => text);
    written.mockRestore();
    expect(texts).toEqual(['Error: a\\u{9b}b\n    at f (/x.js:1:2)\n']);
    expect(shown(new Error('x\u009by'))).toMatch(/^Error: x\\u\{9b\}y\n {4}at /);
  });
});
