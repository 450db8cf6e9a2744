import { createRequire } from 'node:module';

const load = createRequire(__filename);

/** The versions that are known to work, for who has to install one; those of package.json. */
const VERSIONS: Readonly<Record<string, string>> = {
  'embedded-mongo': '0.1',
  amqplib: '0.10',
  'amqp-connection-manager': '5',
  'nestjs-pino': '4',
  pino: '10',
  'pino-http': '11',
  yaml: '2',
};
/** What the versions of Nest's own packages follow. */
const NEST = '@nestjs/core';

/** Something is asked for whose package is not installed; the message says what to install. */
export class MissingPackageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'MissingPackageError';
  }
}

/**
 * Loads a package that only some installations have, when it is needed: nothing of it is touched before.
 * @param purpose what it is needed for, in the error's words
 * @throws MissingPackageError that says what to install
 */
export function optionalPackage<T>(name: string, purpose: string): T {
  if (!hasPackage(name)) {
    throw new MissingPackageError(`${purpose} needs the package ${name}: npm install ${withVersion(name)}`);
  }
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

/** @returns the name as `npm install` takes it, with a version that goes with what is installed */
export function withVersion(name: string): string {
  const version = name.startsWith('@nestjs/') ? nestMajor() : VERSIONS[name];
  return version === undefined ? name : `${name}@${version}`;
}

function nestMajor(): string | undefined {
  const { version } = load(`${NEST}/package.json`) as { version: string };
  return version.split('.')[0];
}
