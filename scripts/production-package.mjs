// Rewrites package.json for an image that only runs: what the standalone application takes from its host as a library
// becomes a dependency, at the version that was tested, and what builds and tests is no longer wanted.
import { readFileSync, writeFileSync } from 'node:fs';

const { peerDependencies, peerDependenciesMeta, devDependencies, ...rest } = JSON.parse(
  readFileSync('package.json', 'utf8'),
);
const tested = Object.keys(peerDependencies).map((name) => [name, devDependencies[name]]);
const dependencies = { ...rest.dependencies, ...Object.fromEntries(tested) };
writeFileSync('package.json', `${JSON.stringify({ ...rest, dependencies }, null, 2)}\n`);
