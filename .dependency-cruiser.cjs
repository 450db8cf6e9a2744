/**
 * The rooms of src/, and which rooms each may import besides itself. A room may only name rooms above it, so no circle
 * between rooms can be written down here. docs/architecture.md says why.
 */
const ROOMS = {
  util: [],
  domain: ['util'],
  canopsis: ['domain', 'util'],
  nest: ['canopsis', 'domain', 'util'],
  logging: ['util'],
  database: ['canopsis', 'util'],
  auth: ['canopsis', 'nest', 'util'],
  openapi: ['canopsis', 'domain', 'nest', 'auth', 'util'],
  settings: ['domain', 'util'],
  heartbeat: ['domain', 'canopsis', 'nest', 'database', 'auth', 'openapi', 'util'],
  events: ['canopsis', 'nest', 'auth', 'openapi', 'util'],
  states: ['domain', 'canopsis', 'nest', 'database', 'auth', 'openapi', 'heartbeat', 'events', 'util'],
  ping: ['domain', 'canopsis', 'nest', 'auth', 'openapi', 'heartbeat', 'events'],
  engine: ['domain', 'canopsis', 'nest', 'auth', 'heartbeat', 'states', 'events', 'ping', 'util'],
  page: ['canopsis', 'nest', 'heartbeat', 'states', 'engine', 'util'],
  metrics: ['canopsis', 'nest', 'database', 'auth', 'openapi', 'states', 'events', 'engine', 'util'],
  http: ['canopsis', 'nest', 'auth', 'metrics', 'util'],
  host: ['canopsis', 'nest', 'auth', 'http'],
  observability: [
    'canopsis',
    'nest',
    'database',
    'auth',
    'openapi',
    'heartbeat',
    'states',
    'events',
    'engine',
    'metrics',
    'http',
    'util',
  ],
  migration: ['domain', 'canopsis', 'database', 'heartbeat', 'util'],
  apply: ['domain', 'canopsis', 'heartbeat', 'util'],
  app: [
    'domain',
    'database',
    'auth',
    'settings',
    'heartbeat',
    'engine',
    'page',
    'metrics',
    'http',
    'observability',
    'util',
  ],
  testing: [
    'domain',
    'canopsis',
    'nest',
    'states',
    'database',
    'auth',
    'events',
    'engine',
    'http',
    'app',
    'util',
  ],
  cli: [
    'domain',
    'canopsis',
    'database',
    'auth',
    'settings',
    'logging',
    'migration',
    'apply',
    'events',
    'app',
    'testing',
    'util',
  ],
};

/** The same of the embedded MongoDB's own rooms; its `errors` are everybody's. */
const EMBEDDED_ROOMS = {
  bson: [],
  storage: ['bson'],
  query: ['bson', 'storage'],
  update: ['bson', 'storage', 'query'],
  wire: ['bson'],
  commands: ['bson', 'storage', 'query', 'update', 'wire'],
};

const names = Object.keys(ROOMS);
for (const [at, room] of names.entries()) {
  const below = ROOMS[room].find((other) => !names.slice(0, at).includes(other));
  if (below !== undefined) throw new Error(`${room} may not import ${below}, which stands below it`);
}

const only = (name, from, to, comment) => ({ name, severity: 'error', comment, from, to });

const arrowsIn = (root, rooms, alsoAllowed = []) =>
  Object.entries(rooms).map(([room, others]) =>
    only(
      `arrows-of-${root}${room}`,
      { path: `^${root}${room}/`, pathNot: '\\.spec\\.ts$' },
      { path: `^${root}`, pathNot: [`^${root}(${[room, ...others].join('|')})/`, ...alsoAllowed] },
      `${room}/ may import ${others.map((other) => `${other}/`).join(', ') || 'nothing of ours'}.`,
    ),
  );
const arrows = [
  ...arrowsIn('src/', ROOMS),
  ...arrowsIn('packages/embedded-mongo/src/', EMBEDDED_ROOMS, ['embedded-mongo/src/errors\\.ts$']),
];

module.exports = {
  forbidden: [
    only('no-cycles', {}, { circular: true }, 'A cycle hides which part depends on which.'),
    ...arrows,
    only(
      'every-room-is-in-the-table',
      {},
      { path: '^src/[^/]+/', pathNot: `^src/(${names.join('|')})/` },
      'A new room says in the table above what it may import.',
    ),
    only(
      'embedded-mongo-is-alone',
      { path: '^packages/embedded-mongo/' },
      { path: '^(src|test|bench)/' },
      'The embedded MongoDB imports nothing of ours.',
    ),
    only(
      'embedded-mongo-is-a-database-detail',
      { path: '^src/(?!database/)' },
      { path: '^packages/embedded-mongo/' },
      'Only database/ starts the embedded MongoDB.',
    ),
    only(
      'repositories-alone-touch-the-driver',
      {
        path: '^src/',
        pathNot: [
          '^src/(database|heartbeat|states|migration)/',
          '^src/cli/check/database-check\\.ts$',
          '\\.spec\\.ts$',
        ],
      },
      {
        path: 'node_modules/(mongoose|mongodb|bson|@nestjs/mongoose)/',
        dependencyTypesNot: ['type-only'],
      },
      'Others ask HeartbeatCollection or StateStore; they may name the types of what they ask.',
    ),
    only(
      'prometheus-is-a-detail-of-metrics',
      { path: '^src/(?!metrics/)' },
      { path: 'node_modules/prom-client' },
      'The engine and the events tell ports of their own; who counts is not their matter.',
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
