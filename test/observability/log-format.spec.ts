import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { HEARTBEATS, heartbeat } from '../support/canopsis';
import { makeDirectory, removeDirectory } from '../support/directory';
import { eventually } from '../support/eventually';
import { type TestProcess, startApi, startProcess } from '../support/processes';

interface Line {
  readonly level: number;
  readonly time: number;
  readonly context?: string;
  readonly msg?: string;
  readonly [field: string]: unknown;
}

describe('the log of the program', () => {
  let dataDir: string;
  const started: TestProcess[] = [];
  beforeEach(async () => {
    dataDir = await makeDirectory();
  });
  afterEach(async () => {
    await Promise.all(started.splice(0).map((each) => each.stop('SIGKILL')));
    await removeDirectory(dataDir);
  });

  const start = async (env: Record<string, string>): ReturnType<typeof startApi> => {
    const api = await startApi({ DATA_DIR: dataDir, HEARTBEAT_USERS: 'root:root', ...env });
    started.push(api);
    return api;
  };
  const linesOf = (from: TestProcess): Line[] =>
    from
      .output()
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Line);

  it.each<Record<string, string>>([{}, { LOG_FORMAT: 'auto' }, { LOG_FORMAT: 'json' }])(
    'is JSON where no terminal is, with %j, whole to the last line',
    async (env) => {
      const api = await start({ LOG_LEVEL: 'debug', ...env });
      // A busy database may take longer to make its indexes than a call waits for.
      await eventually(async () => {
        const headers = { 'X-Request-Id': 'me' };
        const answer = await api.request('POST', HEARTBEATS, { json: heartbeat(), headers });
        expect(answer.status).toBe(200);
      });
      await api.says(/watching 1 heartbeats|watching 0 heartbeats/);
      expect(await api.stop()).toMatchObject({ code: 0 });
      const lines = linesOf(api);
      for (const line of lines) {
        expect([typeof line.level, typeof line.time, typeof line.msg]).toEqual([
          'number',
          'number',
          'string',
        ]);
      }
      expect(lines).toContainEqual(
        expect.objectContaining({
          level: 30,
          context: 'Engine',
          msg: expect.stringContaining('watching') as string,
        }),
      );
      expect(lines).toContainEqual(
        expect.objectContaining({
          level: 20,
          context: 'Http',
          id: 'me',
          method: 'POST',
          status: 200,
          user: 'root',
        }),
      );
      expect(lines).toContainEqual(
        expect.objectContaining({ msg: 'SIGTERM: finishing the requests under way' }),
      );
    },
  );

  it('is text where that is asked for, a request in one line', async () => {
    const api = await start({ LOG_FORMAT: 'text', LOG_LEVEL: 'debug' });
    await api.request('GET', `${HEARTBEATS}/some`, { headers: { 'X-Request-Id': 'me' } });
    const route = `${HEARTBEATS}/:id`.replaceAll('/', '\\/');
    await api.says(
      new RegExp(`DEBUG \\[Http\\] request id=me method=GET route=${route} .*status=404 ms=\\S+ user=root`),
    );
  });

  it.each(['text', 'json'])('has nothing of an alarm that a terminal obeys, as %s', async (LOG_FORMAT) => {
    const api = await start({ LOG_FORMAT });
    const hostile = '\u009b2J\u0085\u2028\u2029\u202e\u001b[31m';
    const json = { pattern: { connector: hostile }, expected_interval: '1s', output: hostile };
    await eventually(async () => {
      expect((await api.request('POST', HEARTBEATS, { json })).status).toBe(200);
    });
    await api.says(/alarm raised: .*2J/);
    expect(api.output()).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
    if (LOG_FORMAT === 'json') expect(linesOf(api).length).toBeGreaterThan(0);
  });

  it.each(['text', 'json'])('has nothing below its level, as %s', async (LOG_FORMAT) => {
    const child = startProcess(process.execPath, ['dist/main.js'], {
      ...{ PORT: '0', DATA_DIR: dataDir, LOG_FORMAT, LOG_LEVEL: 'warn' },
    });
    started.push(child);
    await child.says(/no users are set/);
    const { code } = await child.stop();
    expect([0, null]).toContain(code);
    expect(child.output()).not.toMatch(/Starting Nest|answers at/);
  });

  it('loses nothing of an error at the start, nor what came before it', async () => {
    const file = join(dataDir, 'is-a-file');
    await writeFile(file, '');
    const child = startProcess(process.execPath, ['dist/main.js'], { PORT: '0', DATA_DIR: file });
    started.push(child);
    expect(await child.exited).toMatchObject({ code: 1 });
    expect(child.output()).toContain('no users are set');
    expect(child.output()).toContain(file);
  });

  it('has each warning at once, so that a killed process has said it', async () => {
    const child = startProcess('sh', [
      '-c',
      `node -e "
        const { pinoLogger } = require('./dist/logging/pino-logger.js');
        const { logger } = pinoLogger('debug');
        logger.debug('before', 'Test');
        logger.warn('warned', 'Test');
        process.kill(process.pid, 'SIGKILL');
      "`,
    ]);
    started.push(child);
    await child.exited;
    expect(child.output()).toMatch(/"msg":"before"}\n.*"msg":"warned"}\n/);
  });

  it('goes on where nobody reads it any more', async () => {
    const child = spawn(process.execPath, ['dist/main.js'], {
      env: { PATH: process.env.PATH, PORT: '0', DATA_DIR: dataDir, LOG_LEVEL: 'debug' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = once(child, 'exit');
    let url: string | undefined;
    for await (const line of createInterface({ input: child.stdout })) {
      url = /answers at (http:\S+)/.exec(line)?.[1];
      if (url !== undefined) break;
    }
    child.stdout.destroy();
    for (let n = 0; n < 50; n += 1) expect((await fetch(`${url}/health/live`)).status).toBe(200);
    child.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
  });
});
