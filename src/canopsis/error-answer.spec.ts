import { BadRequestException, NotFoundException, PayloadTooLargeException } from '@nestjs/common';
import { DatabaseError, patternExists } from './canopsis-error';
import { errorAnswer } from './error-answer';

const DATABASE = 'database error, please contact your administrator.';

describe('errorAnswer', () => {
  it('leaves an answer as it is', () => {
    const answer = patternExists();
    expect(errorAnswer(answer, 'POST')).toBe(answer);
  });

  it.each(['POST', 'PUT', 'DELETE'])('has a name in a database error on %s', (method) => {
    const { statusCode: status, body } = errorAnswer(new DatabaseError(new Error('secret')), method);
    expect([status, body]).toStrictEqual([400, { name: '', description: DATABASE }]);
  });

  it.each(['GET', 'HEAD'])('has no name in a database error on %s', (method) => {
    const { statusCode: status, body } = errorAnswer(new DatabaseError(new Error('secret')), method);
    expect([status, body]).toStrictEqual([400, { description: DATABASE }]);
  });

  it.each([
    [new NotFoundException('Cannot GET /x'), 404, 'route not found.'],
    [new PayloadTooLargeException(), 413, 'request body too large.'],
    [new BadRequestException('the framework’s own words'), 400, 'bad request.'],
    [Object.assign(new Error('x'), { statusCode: 413 }), 413, 'request body too large.'],
    [Object.assign(new Error('x'), { status: 408 }), 408, 'request timeout.'],
    [Object.assign(new Error('x'), { status: 499 }), 499, 'bad request.'],
    [new URIError('URI malformed'), 400, 'invalid url.'],
  ])('says what %s is in the words of the contract', (thrown, status, description) => {
    const answer = errorAnswer(thrown, 'GET');
    expect([answer.statusCode, answer.body]).toStrictEqual([status, { name: '', description }]);
  });

  it.each([
    [new Error('secret')],
    [new TypeError('secret')],
    [Object.assign(new Error('secret'), { status: 503 })],
    [Object.assign(new Error('secret'), { status: '404' })],
    [Object.assign(new Error('secret'), { statusCode: 302 })],
    [{ status: 404, message: 'secret' }],
    ['secret'],
    [undefined],
    [null],
  ])('tells nothing of %s', (thrown) => {
    const { statusCode: status, body } = errorAnswer(thrown, 'POST');
    expect([status, body]).toStrictEqual([500, { name: '', description: 'internal server error.' }]);
  });
});
