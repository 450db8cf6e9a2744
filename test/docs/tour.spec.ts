import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeDirectory, removeDirectory } from '../support/directory';
import { type ApiProcess, startApi } from '../support/processes';
import { pasted } from './pasted';

describe("README.md's tour", () => {
  let dataDir: string;
  let app: ApiProcess;
  beforeAll(async () => {
    dataDir = await makeDirectory();
    // As on a terminal.
    app = await startApi({ DATA_DIR: dataDir, LOG_FORMAT: 'text' });
  });
  afterAll(async () => {
    await app?.stop('SIGKILL');
    await removeDirectory(dataDir);
  });

  it('can be pasted from top to bottom, and says what it promises', async () => {
    const blocks = await tour();
    // All that a reader has otherwise is the address.
    const script = blocks.join('').replace('http://127.0.0.1:8082', app.url);
    expect(script).toContain(app.url);
    const [created, ...answers] = await pasted(script);
    const id = (created as { description: string }).description;
    expect(created).toEqual({ name: 'heartbeat created', description: id });
    const document: unknown = expect.objectContaining({
      _id: id,
      name: 'Connector 1',
      expected_interval: '10s',
    });
    const sent: unknown = expect.objectContaining({ sent_events: [expect.anything()], failed_events: [] });
    // And not whether it is blind: on a machine that stands still for seconds it is, and says so.
    const state = (name: string): unknown => expect.objectContaining({ _id: id, state: name });
    expect(answers).toEqual([
      document,
      [document],
      expect.objectContaining({ data: [document] }),
      state('waiting'),
      sent,
      state('up'),
      state('down'),
      { name: 'heartbeat pinged', description: id },
      state('up'),
      { name: 'heartbeat updated', description: id },
      { name: 'heartbeat removed', description: id },
    ]);
    expect(app.output()).toContain('alarm raised: "connector:c1.connector_name:connector1"');
    expect(app.output()).toContain('alarm resolved');
  });
});

async function tour(): Promise<string[]> {
  const text = await readFile(join(__dirname, '../../README.md'), 'utf8');
  return [...text.matchAll(/^```sh tour\n([^]*?)^```$/gm)].map(([, code = '']) => code);
}
