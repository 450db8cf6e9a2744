/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: 'node',
  roots: ['<rootDir>/src', '<rootDir>/test', '<rootDir>/web', '<rootDir>/packages'],
  testMatch: ['**/*.spec.ts'],
  // The sources of our own package, which may be newer than what is built of them.
  moduleNameMapper: { '^embedded-mongo$': '<rootDir>/packages/embedded-mongo/src' },
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
          target: 'es2022',
        },
        module: { type: 'commonjs' },
        sourceMaps: 'inline',
      },
    ],
  },
  // Many tests wait for something most of the time.
  maxWorkers: 3,
  // Jest gives back little of what a suite took, and a worker with a large heap is slow.
  workerIdleMemoryLimit: '700MB',
  testTimeout: 120_000,
};
