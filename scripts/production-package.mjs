// Rewrites package.json for an image that only runs: what the standalone application takes from its host as a library
// becomes a dependency, at the version that was tested, and what builds and tests is no longer wanted.
import { readFileSync, writeFileSync } from 'node:fs';

const manifest = JSON.parse(readFileSync('package.json', 'utf8'));
for (const name of Object.keys(manifest.peerDependencies)) {
  manifest.dependencies[name] = manifest.devDependencies[name];
}
delete manifest.peerDependencies;
delete manifest.peerDependenciesMeta;
delete manifest.devDependencies;
// The page is built by now.
manifest.workspaces = manifest.workspaces.filter((name) => name !== 'web');
writeFileSync('package.json', `${JSON.stringify(manifest, null, 2)}\n`);
