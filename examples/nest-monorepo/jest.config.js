/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: 'node',
  testMatch: ['**/apps/**/*.e2e-spec.ts'],
  transform: { '\\.ts$': ['ts-jest', { tsconfig: 'tsconfig.json' }] },
  moduleNameMapper: { '^@example/users$': '<rootDir>/libs/users/src' },
  testTimeout: 30_000,
};
