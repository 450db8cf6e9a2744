import { connectionStringProblem } from './connection-string';

const SECRET = 'hunter2-hunter2';

describe('connectionStringProblem', () => {
  it.each([
    'mongodb://localhost',
    'mongodb://127.0.0.1:27017/canopsis',
    `mongodb://user:${SECRET}@a,b:27018/db?replicaSet=rs&authSource=admin&w=majority`,
    'mongodb+srv://user:p%40ss@cluster.example.com/db',
    'mongodb://%2Ftmp%2Fmongo.sock',
  ])('is none with %s', (uri) => expect(connectionStringProblem(uri)).toBeUndefined());

  it.each([
    [`mongodb://user:${SECRET}@`, /host/],
    [`mongodb://user:${SECRET}@host:port`, /host:port/],
    [`mongodb://user:${SECRET}@host/?noSuchOption=1`, /nosuchoption is not supported/],
    [`mongodb://user:${SECRET}%@host`, /malformed/],
    [`mongodb://user:pass@${SECRET}@host`, /connection string/],
    [`mongodb+srv://user:${SECRET}@a.b.c:1`, /port/],
    [`mongodb://user:${SECRET}@host/%`, /malformed/],
    [`mongodb://user:pass@host/?authMechanism=${SECRET}`, /^the driver cannot use it$/],
    [`mongodb://user:pass@host/?maxPoolSize=${SECRET}`, /^the driver cannot use it$/],
  ])('of %s is told without its secrets', (uri, words) => {
    expect(connectionStringProblem(uri)).toMatch(words);
    expect(connectionStringProblem(uri)).not.toContain(SECRET);
  });
});
