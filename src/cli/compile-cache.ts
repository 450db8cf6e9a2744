import * as nodeModule from 'node:module';
import { basename, dirname, join } from 'node:path';

/** From Node 22 on; the types are those of Node 20. */
interface CompileCaching {
  readonly enableCompileCache?: (directory: string) => unknown;
}

/**
 * Node keeps here what it compiled, and need not compile it at the next start: where caches of packages are, which only
 * who may change the package may write to. Where this process may not, or Node cannot, nothing happens.
 * `NODE_COMPILE_CACHE` names another folder, and `NODE_DISABLE_COMPILE_CACHE=1` does without.
 */
function keepCompiled(root: string): void {
  const above = dirname(root);
  const packages = basename(above) === 'node_modules' ? above : join(root, 'node_modules');
  (nodeModule as CompileCaching).enableCompileCache?.(join(packages, '.cache', 'canopsis-heartbeat'));
}

// At once, since it is good for what is loaded after it.
keepCompiled(join(__dirname, '..', '..'));
