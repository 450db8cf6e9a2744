import { createRequire } from 'node:module';

const load = createRequire(__filename);

/**
 * Loads a package that only some installations have, when it is needed: nothing of it is touched before.
 * @param purpose what it is needed for, in the error's words
 * @throws Error that says what to install
 */
export function optionalPackage<T>(name: string, purpose: string): T {
  if (!hasPackage(name)) throw new Error(`${purpose} needs the package ${name}: npm install ${name}`);
  return load(name) as T;
}

/** Whether a package is installed. */
export function hasPackage(name: string): boolean {
  try {
    load.resolve(name);
    return true;
  } catch {
    return false;
  }
}
