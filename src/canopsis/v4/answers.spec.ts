import { NotFoundException, PayloadTooLargeException } from '@nestjs/common';
import {
  DatabaseError,
  authenticationRequired,
  headersTooLarge,
  invalidPayload,
  heartbeatNotFound,
  methodNotAllowed,
  permissionDenied,
  routeNotFound,
  tooManyRequests,
} from '../canopsis-error';
import { accountOf42, accountOf43 } from './account';
import { v4Document } from './document';
import { pageOutOfRange } from './v4-error';
import { v4ErrorAnswer } from './v4-error-answer';

describe('errors in the format of version 4', () => {
  const ofStatus = (status: number): Error => Object.assign(new Error('x'), { status });
  it.each([
    [authenticationRequired(), 401, 'Unauthorized'],
    [permissionDenied(), 403, 'Forbidden'],
    [routeNotFound(), 404, 'Not found'],
    [heartbeatNotFound('x'), 404, 'Not found'],
    [new NotFoundException(), 404, 'Not found'],
    [methodNotAllowed(['GET']), 405, 'Method Not Allowed'],
    [ofStatus(408), 408, 'Request Timeout'],
    [new PayloadTooLargeException(), 413, 'Request Entity Too Large'],
    [tooManyRequests(1), 429, 'Too Many Requests'],
    [headersTooLarge(), 431, 'Request Header Fields Too Large'],
    [new URIError(), 400, 'request has invalid structure'],
    [invalidPayload('event', 'x'), 400, 'request has invalid structure'],
    [new DatabaseError(new Error('secret')), 500, 'Internal server error'],
    [new Error('secret'), 500, 'Internal server error'],
    [undefined, 500, 'Internal server error'],
    [pageOutOfRange(), 400, 'page is out of range'],
  ])('%s is %i', (thrown, status, error) => {
    const answer = v4ErrorAnswer(thrown);
    expect([answer.statusCode, answer.body]).toEqual([status, { error }]);
  });

  it('keep their headers', () => {
    expect(v4ErrorAnswer(authenticationRequired()).headers).toEqual(authenticationRequired().headers);
    expect(v4ErrorAnswer(methodNotAllowed(['GET', 'PUT'])).headers).toEqual({ Allow: 'GET, PUT' });
    expect(v4ErrorAnswer(tooManyRequests(5_000)).headers).toEqual({ 'Retry-After': '5' });
  });
});

describe('a document of version 4', () => {
  const pattern = { connector: 'c1' };
  it('has nine fields, whatever is stored', () => {
    const nothing = { name: '', description: '', author: '', output: '', created: null, updated: null };
    const stored = { _id: 'x', pattern, expected_interval: '3600s', pattern_key: 'k', inserted: 1 };
    const shown = { _id: 'x', pattern, ...nothing, expected_interval: '1h' };
    expect(v4Document(stored)).toEqual(shown);
    expect(v4Document({ ...stored, name: null, author: null, created: null })).toEqual(shown);
    const odd = {
      ...stored,
      name: 5,
      author: {},
      output: ['x'],
      created: {},
      updated: 'x',
    } as object;
    expect(v4Document(odd as typeof stored)).toEqual(shown);
    const dated = { ...stored, created: new Date(1_500_900) } as object;
    expect(v4Document(dated as typeof stored)).toEqual({ ...shown, created: 1_500 });
    expect(v4Document({ ...stored, name: 'n', created: 1.5, updated: 2 })).toEqual({
      ...shown,
      name: 'n',
      created: 1,
      updated: 2,
    });
  });

  it.each([
    ['90s', '90s'],
    ['5400s', '90m'],
    ['010m', '10m'],
    ['1h30m', '1h30m'],
    ['0s', '0s'],
    [10, ''],
    [undefined, ''],
  ])('has the interval %j as %j', (expected_interval, shown) => {
    const stored = { _id: 'x', pattern, expected_interval: expected_interval as string };
    expect(v4Document(stored).expected_interval).toBe(shown);
  });
});

describe('who the caller is', () => {
  it.each([
    [['create', 'read', 'update', 'delete', 'event'], 15, ['create', 'delete', 'read', 'update']],
    [['read'], 4, ['read']],
    [['update', 'create'], 10, ['create', 'update']],
    [['event'], 0, []],
  ])('may %j', (rights, checksum, actions) => {
    const account = { name: 'ada', rights };
    expect(accountOf42(account)).toMatchObject({
      _id: 'ada',
      crecord_name: 'ada',
      enable: true,
      authkey: '',
      rights: { api_heartbeat: { checksum }, models_exploitation_heartbeat: { checksum } },
    });
    expect(accountOf43(account)).toEqual({
      _id: 'ada',
      name: 'ada',
      email: '',
      role: { _id: '', name: '' },
      permissions: ['api_heartbeat', 'models_exploitation_heartbeat'].map((_id) => ({
        ...{ _id, name: _id, description: '', type: 'CRUD', actions },
      })),
    });
  });
});
