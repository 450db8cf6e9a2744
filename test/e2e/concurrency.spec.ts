import { Agent, request } from 'node:http';
import { dropDatabase, ownDatabase } from '../support/application';
import { at } from '../support/at';
import { HEARTBEATS, heartbeat } from '../support/canopsis';
import { makeDirectory, removeDirectory } from '../support/directory';
import { ApiProcess, DatabaseProcess, startApi, startDatabaseProcess } from '../support/processes';

const AT_ONCE = 64;

describe.each(['canopsis-4', 'canopsis-3'])('two processes on one database in %s', (dialect) => {
  let dataDir: string;
  let database: DatabaseProcess | undefined;
  let uri: string;
  let apis: ApiProcess[] = [];
  const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
  beforeAll(async () => {
    dataDir = await makeDirectory();
    const outside = process.env.MONGODB_URI;
    if (outside === undefined) database = await startDatabaseProcess(dataDir);
    uri = ownDatabase(outside ?? database?.uri ?? '');
    const env = { MONGODB_URI: uri, HEARTBEAT_DIALECT: dialect };
    apis = await Promise.all([startApi(env), startApi(env)]);
  });
  afterAll(async () => {
    agent.destroy();
    const exits = await Promise.all(apis.map((api) => api.stop()));
    expect(exits.map(({ code }) => code)).toEqual(apis.map(() => 0));
    await dropDatabase(uri);
    await database?.stop();
    await removeDirectory(dataDir);
  });

  const post = (api: ApiProcess, path: string, body: string, method = 'POST'): Promise<[number, string]> =>
    new Promise((resolve, reject) => {
      const sent = request(api.url + path, {
        agent,
        method,
        auth: 'root:root',
        headers: { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) },
      });
      sent.on('error', reject).on('response', (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        response.on('end', () => resolve([response.statusCode ?? 0, text]));
      });
      sent.end(body);
    });

  async function atOnce(bodies: readonly string[], path = HEARTBEATS, method?: string): Promise<string[]> {
    const answers = await Promise.all(bodies.map((body, n) => post(at(apis, n % 2), path, body, method)));
    return answers.map(
      ([status, text]) => `${status} ${text.replace(/"description":"[0-9a-f-]{32,}"/, 'ID')}`,
    );
  }

  const count = (texts: string[], text: string): number => texts.filter((each) => each === text).length;
  const CREATED = '200 {"name":"heartbeat created",ID}';
  const UPDATED = '200 {"name":"heartbeat updated",ID}';
  const EXISTS = '400 {"name":"","description":"heartbeat pattern already exists"}';

  it('create one heartbeat of 64 identical ones sent at once', async () => {
    for (let round = 0; round < 5; round++) {
      const body = JSON.stringify(heartbeat());
      const answers = await atOnce(Array.from({ length: AT_ONCE }, () => body));
      expect([count(answers, CREATED), count(answers, EXISTS)]).toEqual([1, AT_ONCE - 1]);
    }
  });

  it('create one of 64 whose keys are in different orders', async () => {
    const entries = Array.from({ length: 8 }, (_, n) => [`key${n}`, `value${n}`] as const);
    const bodies = Array.from({ length: AT_ONCE }, (_, n) => {
      const turned = [...entries.slice(n % 8), ...entries.slice(0, n % 8)];
      return JSON.stringify(
        heartbeat({ pattern: Object.fromEntries<string>(n < 32 ? turned : turned.reverse()) }),
      );
    });
    expect(new Set(bodies).size).toBe(16);
    const answers = await atOnce(bodies);
    expect([count(answers, CREATED), count(answers, EXISTS)]).toEqual([1, AT_ONCE - 1]);
  });

  it('create all of 64 that differ', async () => {
    const answers = await atOnce(Array.from({ length: AT_ONCE }, () => JSON.stringify(heartbeat())));
    expect(count(answers, CREATED)).toBe(AT_ONCE);
  });

  it('let one of many heartbeats have a pattern that all are given at once', async () => {
    const ids: string[] = [];
    for (let n = 0; n < 16; n++) {
      const [, text] = await post(at(apis, 0), HEARTBEATS, JSON.stringify(heartbeat()));
      ids.push((JSON.parse(text) as { description: string }).description);
    }
    const body = JSON.stringify(heartbeat());
    const answers = await Promise.all(ids.map((id) => atOnce([body], `${HEARTBEATS}/${id}`, 'PUT')));
    expect([count(answers.flat(), UPDATED), count(answers.flat(), EXISTS)]).toEqual([1, 15]);
  });

  it('remove a heartbeat once', async () => {
    const [, text] = await post(at(apis, 0), HEARTBEATS, JSON.stringify(heartbeat()));
    const { description: id } = JSON.parse(text) as { description: string };
    const answers = await atOnce(
      Array.from({ length: AT_ONCE }, () => ''),
      `${HEARTBEATS}/${id}`,
      'DELETE',
    );
    expect(count(answers, '200 {"name":"heartbeat removed",ID}')).toBe(1);
    expect(answers.filter((answer) => answer.startsWith('404 '))).toHaveLength(AT_ONCE - 1);
  });
});
