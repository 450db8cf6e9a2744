import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { NEST, MONGOOSE, COMMON } from './combination.mjs';
import { ROOT, databaseTarball, install, run } from './tools.mjs';

const RUNNERS = { vitest: '4.1.12', mocha: '11.8.0', '@types/mocha': '10.0.10' };
const TOOLS = { typescript: '5.9.3', '@types/node': '20.19.43' };
const TSCONFIG = {
  compilerOptions: {
    ...{ module: 'node16', target: 'ES2022', lib: ['ES2023'], types: ['node', 'mocha'] },
    ...{ strict: true, skipLibCheck: true, outDir: 'build', rootDir: '.' },
  },
  files: ['mocha.ts', 'vitest.test.ts'],
};

/** Runs the tests that docs/use-in-tests.md shows for Vitest and mocha, as they stand there. */
export async function checkTestRunners(directory, tarball) {
  const cwd = join(directory, 'project-test-runners');
  const { core, express, mongoose, passport } = NEST[11];
  await install(cwd, {
    dependencies: {
      'canopsis-heartbeat': `file:${tarball}`,
      'embedded-mongo': `file:${databaseTarball(directory)}`,
      '@nestjs/common': core,
      '@nestjs/core': core,
      '@nestjs/platform-express': express,
      '@nestjs/mongoose': mongoose,
      '@nestjs/passport': passport,
      mongoose: MONGOOSE[9],
      ...{ ...COMMON, ...TOOLS, ...RUNNERS },
    },
  });
  const page = await readFile(join(ROOT, 'docs/use-in-tests.md'), 'utf8');
  await writeFile(join(cwd, 'mocha.ts'), snippet(page, 'mocha'));
  await writeFile(join(cwd, 'vitest.test.ts'), snippet(page, 'vitest'));
  await writeFile(join(cwd, 'tsconfig.json'), JSON.stringify(TSCONFIG));
  await run('node', ['node_modules/typescript/bin/tsc', '-p', '.'], { cwd });
  assert.match(
    await run('npx', ['--no-install', 'vitest', 'run', 'vitest.test.ts'], { cwd }),
    /Tests .*1 passed/,
  );
  assert.match(await run('npx', ['--no-install', 'mocha', 'build/mocha.js'], { cwd }), /1 passing/);
}

function snippet(page, name) {
  const [, text] = page.match(new RegExp(`^\`\`\`ts ${name}\\n([^]*?)^\`\`\`$`, 'm')) ?? [];
  assert.ok(text, `there is no block ${name}`);
  return text;
}
