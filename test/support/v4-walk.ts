import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { formatKeyHash } from '../../src/auth/authentication-key';
import type { DialectName } from '../../src/domain/dialect';
import { dropDatabase, ownDatabase } from './application';
import { V4, V4_BULK, type V4Answered, type V4Page } from './canopsis-v4';
import { makeDirectory, removeDirectory } from './directory';
import { type ApiProcess, startApi } from './processes';
import { pastStandstills } from './standstill';
import { KEY_OF_ALICE, cheapHash } from './users-file';

/** All in which the two generations of version 4 differ in what a client meets. */
export interface Generation {
  readonly dialect: DialectName;
  readonly is43: boolean;
  readonly texts: { name: string; pattern: string; sort: string; sortBy: string };
}

const SORT_BY = 'SortBy must be one of [_id name author expected_interval created updated]';

export const GENERATIONS: readonly [string, Generation][] = [
  [
    '4.2',
    {
      dialect: 'canopsis-4',
      is43: false,
      texts: {
        name: 'Name already exists',
        pattern: 'Pattern already exists',
        sort: 'sort must be one of [asc desc]',
        sortBy: SORT_BY,
      },
    },
  ],
  [
    '4.3',
    {
      dialect: 'canopsis-4.3',
      is43: true,
      texts: {
        name: 'Name already exists.',
        pattern: 'Pattern already exists.',
        sort: 'sort must be one of [asc desc].',
        sortBy: `${SORT_BY} or empty.`,
      },
    },
  ],
];

/** Who may call, beside root, all with the password `x`: by name, and what they may do. */
export const WALKERS = ['create', 'read', 'update', 'delete', 'event', 'none'] as const;

/** The built application, run as `npm start` does, and what a client of version 4 needs to walk through it. */
export interface Walk extends ApiProcess {
  /** All heartbeats, by id. */
  all(): Promise<V4Answered[]>;
  /** Removes all heartbeats. */
  clear(): Promise<void>;
  /** Stops it and removes what it stored. */
  end(): Promise<void>;
}

/** Starts the application. No request of a walk may fail on the server's side: where one does, the error tells its log. */
async function startWalked(env: Record<string, string>): Promise<ApiProcess> {
  const api = await startApi(env);
  const ask = api.request.bind(api);
  const log = (): string => api.output();
  return Object.assign(api, {
    request: async (...asked: Parameters<typeof ask>) => {
      const answer = await pastStandstills(log, () => ask(...asked));
      if (answer.status < 500) return answer;
      throw new Error(`${asked[0]} ${asked[1]} was answered ${answer.status}; the log: ${log()}`);
    },
  });
}

/** Starts a server of a generation. @param env further settings */
export async function startWalk(dialect: DialectName, env: Record<string, string> = {}): Promise<Walk> {
  const directory = await makeDirectory();
  const hash = await cheapHash('x');
  const lines = [
    `root:${await cheapHash('root')}`,
    `root:key:${formatKeyHash(WALK_KEY)}`,
    ...WALKERS.map((right) => `${right}:${hash}:rights=${right}`),
  ];
  await writeFile(join(directory, 'users'), lines.join('\n'));
  const outside = process.env.MONGODB_URI;
  const own = outside === undefined ? undefined : ownDatabase(outside);
  const api = await startWalked({
    ...(own !== undefined && { MONGODB_URI: own }),
    ...{ DATA_DIR: join(directory, 'data'), HEARTBEAT_DIALECT: dialect, LOGIN_FAILURES: '0' },
    ...{ HEARTBEAT_USERS_FILE: join(directory, 'users'), ...env },
  });
  const all = async (): Promise<V4Answered[]> =>
    ((await api.request('GET', `${V4}?paginate=false&sort_by=_id`)).json as V4Page).data;
  return Object.assign(api, {
    all,
    async clear() {
      const ids = (await all()).map(({ _id }) => _id);
      if (ids.length > 0) expect((await api.request('DELETE', V4_BULK, { json: { ids } })).status).toBe(204);
    },
    async end() {
      await api.stop('SIGKILL');
      if (own !== undefined) await dropDatabase(own);
      await removeDirectory(directory);
    },
  });
}

/** The same tests on a server of each generation, which is empty before each of them. @param tests given what tells how to reach it */
export function eachGeneration(tests: (generation: Generation, walk: () => Walk) => void): void {
  describe.each(GENERATIONS)('a client of %s', (_, generation) => {
    let walk: Walk | undefined;
    const started = (): Walk => {
      if (walk === undefined) throw new Error('the server is not started yet');
      return walk;
    };
    beforeAll(async () => {
      walk = await startWalk(generation.dialect);
    });
    beforeEach(() => started().clear());
    afterAll(() => walk?.end());
    tests(generation, started);
  });
}

/** The key of root. */
export const WALK_KEY = KEY_OF_ALICE;
