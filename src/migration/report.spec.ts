import { Progress } from './progress';
import { Report, legible } from './report';

describe('the report', () => {
  it('names what was not imported, and counts all', async () => {
    let text = '';
    const report = new Report((more) => {
      text += more;
      return Promise.resolve();
    });
    await report.add([
      { where: 'line 1', kind: 'imported' },
      { where: 'line 2', kind: 'skipped', reason: 'already there' },
    ]);
    await report.add([{ where: 'line 3', kind: 'refused', reason: 'bad\nid \u001b[31m' }]);
    await report.finish();
    expect(text).toBe(
      'line 2: skipped: already there\nline 3: refused: bad\\u{a}id \\u{1b}[31m\nimported 1, skipped 1, refused 1\n',
    );
  });

  it('tells no more than can be read', () => {
    expect(legible('x'.repeat(1_000))).toBe(`${'x'.repeat(300)}…`);
    expect(legible('é \u202e \u2028 \u0085 😀')).toBe('é \\u{202e} \\u{2028} \\u{85} 😀');
  });
});

describe('the progress', () => {
  const drawn = (isTTY: boolean | undefined, total: number, done: number): string => {
    let text = '';
    const progress = new Progress({ isTTY, write: (more) => (text += more) }, total);
    progress.show(done);
    progress.clear();
    return text;
  };

  it('is a bar on a terminal, gone when it is cleared', () => {
    expect(drawn(true, 200, 100)).toBe(`\r\u001b[K[${'#'.repeat(15)}${' '.repeat(15)}] 50 %\r\u001b[K`);
    expect(drawn(true, 200, 300)).toContain('100 %');
  });

  it('is a number where nobody knows how much there is', () => {
    expect(drawn(true, 0, 5)).toBe('\r\u001b[K5\r\u001b[K');
  });

  it('is nothing on a pipe', () => expect(drawn(undefined, 200, 100)).toBe(''));
});
