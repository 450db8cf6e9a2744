import { errorsAsFields } from './error-params';
import { errorFields, errorText, withoutCredentials } from './legible-errors';

describe('an error behind a message', () => {
  const error = new Error('why');

  it.each<[string, unknown, unknown[], unknown[]]>([
    ['with a context', 'it failed', [error, 'Engine'], [{ msg: 'it failed', err: error }, 'Engine']],
    ['without a context', 'it failed', [error], [{ msg: 'it failed', err: error }]],
    [
      'of fields',
      { msg: 'it failed', a: 1 },
      [error, 'Engine'],
      [{ msg: 'it failed', a: 1, err: error }, 'Engine'],
    ],
    [
      'as a stack',
      'it failed',
      ['Error: why\n    at x', 'E'],
      [{ msg: 'it failed', stack: 'Error: why\n    at x' }, 'E'],
    ],
  ])('becomes a field: %s', (_what, message, params, expected) => {
    expect(errorsAsFields(message, params)).toEqual(expected);
  });

  it('changes nothing where there is none', () => {
    expect(errorsAsFields('all is well', ['Engine'])).toEqual(['all is well', 'Engine']);
    expect(errorsAsFields({ msg: 'request', ms: 1 }, ['Http'])).toEqual([{ msg: 'request', ms: 1 }, 'Http']);
  });
});

describe('what is told of an error', () => {
  it('is its name, message, stack, code and causes, and nothing else', () => {
    const cause = Object.assign(new TypeError('below'), { code: 'EPERM' });
    const error = Object.assign(new Error('above', { cause }), { password: 's3cret' });
    const { stack, cause: told, ...fields } = errorFields(error);
    expect(fields).toEqual({ type: 'Error', message: 'above' });
    expect(stack).toContain('error-params.spec');
    expect(told).toMatchObject({ type: 'TypeError', message: 'below', code: 'EPERM' });
    expect(errorText(error)).toContain('caused by: TypeError: below');
    expect(errorText(error)).not.toContain('s3cret');
  });

  it('has no credentials of a URL', () => {
    expect(withoutCredentials('no amqp://u:p@s3cret@host/v or mongodb+srv://u:p@h')).toBe(
      'no amqp://***@host/v or mongodb+srv://***@h',
    );
    expect(withoutCredentials('mail a@b, http://h/p@q')).toBe('mail a@b, http://h/p@q');
  });
});
