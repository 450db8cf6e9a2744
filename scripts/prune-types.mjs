// Leaves in dist only the declarations that a user of the package can reach from its exports, for `npm pack`. Run where the
// package.json is.
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

for (const { types } of Object.values(JSON.parse(readFileSync('package.json', 'utf8')).exports)) {
  if (types !== undefined) reach(join(types));
}
for (const name of readdirSync('dist', { recursive: true })) {
  const file = join('dist', name);
  if (file.endsWith('.d.ts') && !wanted.has(file)) rmSync(file);
}
// The next build would otherwise believe that they are there.
rmSync(join('dist', '.tsbuildinfo'), { force: true });
