/** The only ways that the parts of src/ may know each other; docs/architecture.md says why. */
const only = (name, from, to, comment) => ({ name, severity: 'error', comment, from, to });

module.exports = {
  forbidden: [
    only('no-cycles', {}, { circular: true }, 'A cycle hides which part depends on which.'),
    only(
      'heartbeat-does-not-know-engine',
      { path: '^src/heartbeat/' },
      { path: '^src/(engine|events)/' },
      'The engine learns of changes through an event or the collection.',
    ),
    only(
      'embedded-mongo-is-alone',
      { path: '^src/embedded-mongo/' },
      { path: '^src/(?!embedded-mongo/)' },
      'The embedded MongoDB imports nothing of ours.',
    ),
    only(
      'embedded-mongo-is-a-database-detail',
      { path: '^src/(?!database/|embedded-mongo/|testing/)' },
      { path: '^src/embedded-mongo/' },
      'Only database/ starts the embedded MongoDB.',
    ),
    only(
      'openapi-knows-no-route',
      { path: '^src/openapi/', pathNot: '\\.spec\\.ts$' },
      { path: '^src/(?!openapi/|canopsis/|auth/|version)' },
      'Each controller brings its own description.',
    ),
    only(
      'settings-are-read-once',
      { path: '^src/(?!settings/|cli/|main|standalone)' },
      { path: '^src/settings/' },
      'Modules take options; only the standalone application reads settings.',
    ),
    only(
      'engine-knows-no-prometheus',
      { path: '^src/(engine|events|heartbeat)/' },
      { path: '^src/metrics/(?!engine-metrics)|node_modules/prom-client' },
      'The engine tells a port; who counts is not its matter.',
    ),
    only(
      'no-test-code-in-src',
      { path: '^src/', pathNot: '\\.spec\\.ts$' },
      { path: '^(test|bench)/' },
      'What ships does not import what tests it.',
    ),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
  },
};
