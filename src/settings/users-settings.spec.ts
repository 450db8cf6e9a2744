import { problemsOf } from '../../test/support/settings-problems';
import { readSettings } from './settings';

describe('users', () => {
  it.each([
    '127.0.0.1',
    '127.255.0.9',
    '::1',
    '0:0:0:0:0:0:0:1',
    '::ffff:127.0.0.1',
    'localhost',
    'LOCALHOST',
  ])('are root/root where none are configured and HOST is %s', (host) => {
    const { users, defaultUsers } = readSettings({ HOST: host });
    expect([...(users ?? [])]).toEqual([['root', 'root']]);
    expect(defaultUsers).toBe(true);
  });

  it.each([
    '0.0.0.0',
    '::',
    '126.255.255.255',
    '128.0.0.1',
    '::2',
    '::ffff:10.0.0.1',
    'localhost.example',
    '127.1',
  ])('must be configured where HOST is %s', (host) => {
    expect(problemsOf({ HOST: host })).toEqual([
      'HEARTBEAT_USERS or HEARTBEAT_USERS_FILE should be set: without users only root with password root could ' +
        `call, which is allowed on a loopback HOST alone, not on "${host}"`,
    ]);
  });

  it('are none where the process is an engine, on any HOST', () => {
    const { users, defaultUsers } = readSettings({ ROLE: 'engine', HOST: '0.0.0.0' });
    expect([users, defaultUsers]).toEqual([new Map(), false]);
  });

  it('come from a file instead, which the caller reads', () => {
    const settings = readSettings({ HOST: '0.0.0.0', HEARTBEAT_USERS_FILE: '/run/secrets/users' });
    expect(settings).toMatchObject({ usersFile: '/run/secrets/users', defaultUsers: false });
    expect(settings.users).toBeUndefined();
  });

  it('cannot be both listed and in a file', () => {
    expect(problemsOf({ HEARTBEAT_USERS: 'a:b', HEARTBEAT_USERS_FILE: 'users' })).toEqual([
      'HEARTBEAT_USERS and HEARTBEAT_USERS_FILE exclude each other: unset one of them',
    ]);
  });

  it('are named before the first colon; a password may hold colons, spaces and any letter', () => {
    const { users } = readSettings({ HEARTBEAT_USERS: 'root:a:b:,é l:ß ,__proto__:y' });
    expect([...(users ?? [])]).toEqual([
      ['root', 'a:b:'],
      ['é l', 'ß '],
      ['__proto__', 'y'],
    ]);
  });
});
