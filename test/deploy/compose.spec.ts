import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { parse } from 'yaml';
import { readSettings, SETTING_NAMES } from '../../src/settings/settings';
import { at } from '../support/at';
import { copiedPaths, dockerfileStages, environmentOf } from './dockerfile';

interface Service {
  image: string;
  hostname?: string;
  privileged?: boolean;
  user?: string;
  restart?: string;
  ports?: string[];
  networks?: string[];
  volumes?: string[];
  environment?: Record<string, string>;
  depends_on?: Record<string, { condition: string }>;
  healthcheck?: { test: string[] };
  stop_grace_period?: string;
}

interface ComposeFile {
  services: Record<'app' | 'mongodb' | 'rabbitmq', Service>;
  networks: Record<string, { internal?: boolean } | null>;
  volumes: Record<string, null>;
}

const root = join(__dirname, '../..');
const read = (file: string): string => readFileSync(join(root, file), 'utf8');

/** As Compose does it: `${NAME:-default}` and `${NAME:?message}`, of which the latter must be set. */
function interpolate(value: string, variables: Record<string, string>): string {
  return value.replace(/\$\{(\w+):([-?])([^}]*)\}/g, (_, name: string, kind: string, text: string) => {
    if (variables[name]) return variables[name];
    if (kind === '-') return text;
    throw new Error(`${name}: ${text}`);
  });
}

const compose = parse(read('docker-compose.yml')) as ComposeFile;
const services = Object.entries<Service>(compose.services);
const { app, mongodb, rabbitmq } = compose.services;
const stages = dockerfileStages(read('Dockerfile'));
const image = at(stages, stages.length - 1);
const imageEnvironment = environmentOf(image);

function environmentIn(service: Service, variables: Record<string, string>): Record<string, string> {
  const set = Object.entries(service.environment ?? {});
  return Object.fromEntries(set.map(([name, value]) => [name, interpolate(value, variables)]));
}

function applicationEnvironment(variables: Record<string, string>): Record<string, string> {
  return { ...imageEnvironment, ...environmentIn(app, variables) };
}

/** Runs the command of the image's one HEALTHCHECK here, and gives its exit code. */
async function runHealthCheck(port: number): Promise<unknown> {
  const checks = image.filter(({ keyword }) => keyword === 'HEALTHCHECK');
  expect(checks).toHaveLength(1);
  const { rest } = at(checks, 0);
  const [command, ...args] = JSON.parse(rest.slice(rest.indexOf('CMD ') + 4)) as string[];
  expect(command).toBe('node');
  const child = spawn(process.execPath, args, { env: { PORT: String(port) }, stdio: 'ignore' });
  return (await once(child, 'exit'))[0];
}

describe('docker-compose.yml', () => {
  it('sets no variable for the application that the settings do not know', () => {
    const set = Object.keys({ ...imageEnvironment, ...app.environment });
    expect(set).toContain('MONGODB_URI');
    expect(set.filter((name) => name !== 'NODE_ENV' && !SETTING_NAMES.includes(name))).toEqual([]);
  });

  it('gives the application settings that it starts with', () => {
    const settings = readSettings(applicationEnvironment({ HEARTBEAT_USERS: 'operator:a$b' }));
    expect(settings).toMatchObject({
      host: '0.0.0.0',
      port: 8082,
      dialect: 'canopsis-4',
      defaultUsers: false,
    });
    expect(settings.users?.get('operator')).toBe('a$b');
    expect(settings.mongodbUri).toMatch(/^mongodb:\/\/mongodb:27017\/\w+\?replicaSet=rs0$/);
  });

  it('refuses to start without users', () => {
    expect(() => applicationEnvironment({})).toThrow('HEARTBEAT_USERS: set it to name:password');
  });

  it('publishes ports on loopback only, and the one that the application listens on', () => {
    const published = services.flatMap(([, service]) => service.ports ?? []);
    expect(published.filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([]);
    expect(app.ports).toEqual([`127.0.0.1:8082:${imageEnvironment.PORT}`]);
  });

  it('lets nothing but the application reach MongoDB', () => {
    expect(mongodb.ports).toBeUndefined();
    expect(mongodb.networks?.map((network) => compose.networks[network]?.internal)).toEqual([true]);
    const beside = services.filter(([, { networks }]) =>
      networks?.some((one) => mongodb.networks?.includes(one)),
    );
    expect(beside.map(([name]) => name)).toEqual(['app', 'mongodb']);
  });

  it('starts MongoDB as a replica set of one, and the application once that is writable', () => {
    const check = mongodb.healthcheck?.test.join('\n') ?? '';
    expect(check).toContain(`rs.initiate({ _id: 'rs0', members: [{ _id: 0, host: 'mongodb:27017' }] })`);
    expect(check).toContain('isWritablePrimary');
    expect(app.depends_on?.mongodb).toEqual({ condition: 'service_healthy' });
  });

  it('starts the application without waiting for RabbitMQ, which it goes on without', () => {
    expect(app.depends_on?.rabbitmq).toEqual({ condition: 'service_started' });
    expect(rabbitmq.networks?.some((network) => app.networks?.includes(network))).toBe(true);
  });

  it.each<Record<string, string>>([{}, { RABBITMQ_PASSWORD: 's3cret' }])(
    'lets the application in to RabbitMQ, with %j',
    (variables) => {
      const { amqpUrl } = readSettings(applicationEnvironment({ HEARTBEAT_USERS: 'a:b', ...variables }));
      const { username, password, host, pathname } = new URL(amqpUrl ?? '');
      const broker = environmentIn(rabbitmq, variables);
      expect([username, password]).toEqual([broker.RABBITMQ_DEFAULT_USER, broker.RABBITMQ_DEFAULT_PASS]);
      expect([host, pathname]).toEqual(['rabbitmq:5672', `/${broker.RABBITMQ_DEFAULT_VHOST}`]);
    },
  );

  it.each(services)('restarts %s, pins its image, and gives it no privileges', (name, service) => {
    expect(service.restart).toBe('unless-stopped');
    expect(service.privileged ?? false).toBe(false);
    expect(service.user).not.toBe('root');
    if (name !== 'app') expect(service.image).toMatch(/:[0-9]+\.[0-9]+/);
  });

  it.each([
    ['MongoDB', mongodb, '/data/db'],
    ['RabbitMQ', rabbitmq, '/var/lib/rabbitmq'],
  ])('keeps the data of %s in named volumes', (_, service, path) => {
    const mounted = service.volumes?.map((volume) => volume.split(':')) ?? [];
    expect(mounted.map(([, at]) => at)).toContain(path);
    expect(mounted.filter(([volume = '']) => !(volume in compose.volumes))).toEqual([]);
  });

  it('gives RabbitMQ a name that lasts, since its data is kept under it', () => {
    expect(rabbitmq.hostname).toBe('rabbitmq');
  });

  it('gives the application longer to stop than its requests get to finish', () => {
    expect(parseInt(app.stop_grace_period ?? '10s', 10)).toBeGreaterThan(10);
  });
});

describe('Dockerfile', () => {
  it('builds in one stage and runs another, on the same pinned image', () => {
    const bases = stages.map(([from]) => from?.rest.split(' ')[0]);
    expect(bases).toHaveLength(2);
    expect(new Set(bases).size).toBe(1);
    expect(bases[0]).toMatch(/^node:[0-9]+-bookworm-slim$/);
  });

  it('runs the application directly, not as root', () => {
    const users = image.filter(({ keyword }) => keyword === 'USER').map(({ rest }) => rest);
    expect(users).toEqual(['node']);
    expect(image.at(-1)).toEqual({ keyword: 'CMD', rest: '["node", "dist/main.js"]' });
  });

  it.each([
    [200, 0],
    [503, 1],
  ])('has a health check that takes %i from /health/ready as exit code %i', async (status, exitCode) => {
    const asked: (string | undefined)[] = [];
    const server = createServer((request, response) => {
      asked.push(request.url);
      response.writeHead(status).end();
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    try {
      expect(await runHealthCheck((server.address() as AddressInfo).port)).toBe(exitCode);
      expect(asked).toEqual(['/health/ready']);
    } finally {
      server.close();
    }
  });

  it('has a health check that fails where nothing listens', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, 'close');
    expect(await runHealthCheck(port)).toBe(1);
  });

  it('copies only files that exist and that .dockerignore lets through', () => {
    const ignore = read('.dockerignore').split('\n');
    expect(ignore.find((line) => !line.startsWith('#'))).toBe('*');
    const copied = stages.flatMap(copiedPaths).map((path) => path.replace(/^\.\//, ''));
    expect(copied).toContain('package-lock.json');
    expect(copied.filter((path) => !existsSync(join(root, path)))).toEqual([]);
    expect(copied.filter((path) => !ignore.includes(`!${path}`))).toEqual([]);
  });
});
