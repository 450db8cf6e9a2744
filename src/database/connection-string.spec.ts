import { connectionStringProblem } from './connection-string';

const SECRET = 'hunter2-hunter2';

describe('connectionStringProblem', () => {
  it.each([
    'mongodb://localhost',
    'mongodb://127.0.0.1:27017/canopsis',
    `mongodb://user:${SECRET}@a,b:27018/db?replicaSet=rs&authSource=admin&w=majority`,
    'mongodb+srv://user:p%40ss@cluster.example.com/db',
    'mongodb://%2Ftmp%2Fmongo.sock',
    'mongodb://localhost/db?w=1&journal=false',
    'mongodb://localhost/db?w=tags',
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

  it.each(['w=0', 'W=0', 'w=00', 'w=%30', 'journal=true&w=0', 'w=-1'])(
    'is that nothing is acknowledged with %s',
    (option) =>
      expect(connectionStringProblem(`mongodb://user:${SECRET}@localhost/db?${option}`)).toMatch(
        /^with w=0 the database acknowledges no write, .*: leave w out, or set w=majority$/,
      ),
  );
});
