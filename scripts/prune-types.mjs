// Leaves in dist only the declarations that a user of the package can reach from its entry points, for `npm pack`.
import { readFileSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';

const wanted = new Set();

function reach(file) {
  if (wanted.has(file)) return;
  wanted.add(file);
  for (const [, path] of readFileSync(file, 'utf8').matchAll(/(?:from |import\()['"](\.[^'"]+)['"]/g)) {
    reach(join(dirname(file), `${path}.d.ts`));
  }
}

reach(join('dist', 'index.d.ts'));
reach(join('dist', 'testing', 'index.d.ts'));
for (const name of readdirSync('dist', { recursive: true })) {
  const file = join('dist', name);
  if (file.endsWith('.d.ts') && !wanted.has(file)) rmSync(file);
}
// The next build would otherwise believe that they are there.
rmSync(join('dist', '.tsbuildinfo'), { force: true });
