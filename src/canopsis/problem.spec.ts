import * as fc from 'fast-check';
import { validateHeaderValue } from 'node:http';
import { problemHeader } from './problem';

describe('the header Problem', () => {
  it('is what is wrong, and absent where nobody knows', () => {
    expect(problemHeader('pattern must be an object')).toEqual({ Problem: 'pattern must be an object' });
    expect(problemHeader(undefined)).toEqual({});
  });

  it('escapes what a header cannot hold', () => {
    expect(problemHeader('key "é\r\nSet-Cookie: x"').Problem).toBe(
      'key "\\u00e9\\u000d\\u000aSet-Cookie: x"',
    );
  });

  it('is visible ASCII of at most 200 characters, whatever is wrong', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (text) => {
        const { Problem = '' } = problemHeader(text);
        expect(Problem).toMatch(/^[ -~]{0,200}$/);
        validateHeaderValue('Problem', Problem);
      }),
    );
  });
});
