import { readSettings } from '../settings/settings';
import { startLine } from './start-line';

describe('the line of a start', () => {
  it.each<[Record<string, string>, string]>([
    [{ DATA_DIR: '/srv/data/../d' }, 'database: the embedded one in /srv/d; broker: none'],
    [
      {
        MONGODB_URI: 'mongodb://u:p%40w@a:27017,b/db?replicaSet=r',
        AMQP_URL: 'amqps://u:p%2Fw@r.example:5671/%2Fv',
      },
      'database: db at a:27017,b; broker: amqps://r.example:5671, virtual host /v',
    ],
    [
      { MONGODB_URI: 'mongodb+srv://c.example', AMQP_URL: 'amqp://r' },
      'database: canopsis at c.example; broker: amqp://r, virtual host /',
    ],
  ])('names database and broker, and no credentials: %j', (env, line) => {
    expect(startLine(readSettings(env))).toBe(line);
  });
});
