import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A page as it is built, in a directory of its own: what is served does not depend on what is in it. */
export interface BuiltPage {
  readonly directory: string;
  remove(): Promise<void>;
}

const html = (text: string): string =>
  `<!doctype html><meta name="heartbeat-api" content="api/v2/" /><meta name="heartbeat-api-v4" content="" /><p>${text}</p>`;

export const SCRIPT = `export const numbers = [${Array.from({ length: 500 }, (_, i) => i).join(',')}];`;

export async function buildPage(): Promise<BuiltPage> {
  const directory = await mkdtemp(join(tmpdir(), 'page-'));
  await mkdir(join(directory, 'assets'));
  await writeFile(join(directory, 'index.html'), html('Silent heartbeats first'));
  await writeFile(join(directory, 'index.fr.html'), html('Les muets d’abord'));
  await writeFile(join(directory, 'assets', 'main-0123abcd.js'), SCRIPT);
  await writeFile(join(directory, 'secret.txt'), 'not to be served');
  return { directory, remove: () => rm(directory, { recursive: true }) };
}
