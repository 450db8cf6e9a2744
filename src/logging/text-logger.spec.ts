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
});
