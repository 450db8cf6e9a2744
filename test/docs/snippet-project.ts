import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

export const ROOT = join(__dirname, '../..');
const PAGES = ['use-in-nest.md', 'use-in-tests.md'];
const TSCONFIG = {
  compilerOptions: {
    ...{ module: 'node16', target: 'ES2022', lib: ['ES2023'], types: ['node', 'jest'] },
    ...{ strict: true, skipLibCheck: true, experimentalDecorators: true, emitDecoratorMetadata: true },
    ...{ declaration: false, outDir: 'build', rootDir: '.' },
  },
  include: ['*.ts'],
};
const COMMAND = `#!/bin/sh\nexec node ${JSON.stringify(join(ROOT, 'dist/main.js'))} "$@"\n`;

/** A block of code on one of the pages: its language, and the name that follows it. */
export interface Snippet {
  readonly page: string;
  readonly language: string;
  readonly name: string;
  readonly text: string;
}

/** @returns all blocks of code on the pages, whether they have a name or not */
export async function readSnippets(): Promise<Snippet[]> {
  const all = PAGES.map(async (page) => {
    const text = await readFile(join(ROOT, 'docs', page), 'utf8');
    return [...text.matchAll(/^```(\w*) ?(.*)\n([^]*?)^```$/gm)].map(
      ([, language = '', name = '', code = '']) => ({
        ...{ page, language, name, text: code },
      }),
    );
  });
  return (await Promise.all(all)).flat();
}

/** A project of somebody who copied all snippets: compiled, against the library as it is built. */
export class SnippetProject {
  private constructor(readonly directory: string) {}

  /** @throws Error with the compiler's words where a snippet is wrong */
  static async of(snippets: readonly Snippet[]): Promise<SnippetProject> {
    const project = new SnippetProject(await mkdtemp(join(tmpdir(), 'snippets-')));
    await project.linkPackages();
    await project.write('package.json', '{"private":true}');
    await project.write('tsconfig.json', JSON.stringify(TSCONFIG));
    await project.write('jest.config.js', 'module.exports = { testMatch: ["**/build/jest.js"] };');
    for (const { language, name, text } of snippets) {
      await project.write(`${name}.${language}`, text);
    }
    await project.run('node', ['node_modules/typescript/bin/tsc', '-p', '.']);
    return project;
  }

  /** What a compiled snippet exports. */
  load<T>(name: string): T {
    return createRequire(__filename)(join(this.directory, 'build', `${name}.js`)) as T;
  }

  /** What the library exports, as the snippets see it. */
  packages<T>(): T {
    return createRequire(join(this.directory, 'build', 'x.js'))('canopsis-heartbeat') as T;
  }

  /** @returns what the program wrote to standard output, with a test's environment kept from it */
  async run(program: string, args: readonly string[]): Promise<string> {
    const kept = Object.entries(process.env).filter(
      ([name]) => !/^(JEST_|NODE_ENV|NODE_TEST|HEARTBEAT_|MONGODB_URI)/.test(name),
    );
    const options = { cwd: this.directory, env: Object.fromEntries(kept) };
    try {
      return (await promisify(execFile)(program, args, options)).stdout;
    } catch (error) {
      const { stdout, stderr } = error as { stdout: string; stderr: string };
      throw new Error(`${program} ${args.join(' ')} failed:\n${stdout}\n${stderr}`, { cause: error });
    }
  }

  async remove(): Promise<void> {
    await rm(this.directory, { recursive: true, force: true });
  }

  private write(name: string, text: string): Promise<void> {
    return writeFile(join(this.directory, name), text);
  }

  private async linkPackages(): Promise<void> {
    const packages = join(this.directory, 'node_modules');
    await mkdir(join(packages, '.bin'), { recursive: true });
    for (const name of await readdir(join(ROOT, 'node_modules'))) {
      if (!name.startsWith('.')) await symlink(join(ROOT, 'node_modules', name), join(packages, name));
    }
    await symlink(ROOT, join(packages, 'canopsis-heartbeat'));
    await writeFile(join(packages, '.bin/canopsis-heartbeat'), COMMAND);
    await chmod(join(packages, '.bin/canopsis-heartbeat'), 0o755);
  }
}
