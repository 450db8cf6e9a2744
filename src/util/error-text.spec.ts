import { readFileSync } from 'node:fs';
import { fileErrorText } from './error-text';

const thrownBy = (work: () => unknown): unknown => {
  try {
    return work();
  } catch (error) {
    return error;
  }
};

describe('what is said of a file', () => {
  it.each([
    ["/nope, it's, 'here'", 'ENOENT: no such file or directory'],
    ['/', 'EISDIR: illegal operation on a directory'],
  ])('has no path: %s', (path, text) => {
    expect(fileErrorText(thrownBy(() => readFileSync(path)))).toBe(text);
  });

  it('is all that another error says', () => {
    expect(fileErrorText(new Error("line 1, open 'it'"))).toBe("line 1, open 'it'");
    expect(fileErrorText('a text')).toBe('a text');
  });
});
