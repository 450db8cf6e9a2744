import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import { parse, parseAllDocuments } from 'yaml';
import { SETTING_NAMES, readSettings } from '../../src/settings/settings';

const DEPLOY = join(__dirname, '../../deploy');
const read = (file: string): string => readFileSync(join(DEPLOY, file), 'utf8');

interface Service {
  environment?: Record<string, string>;
  ports?: string[];
  networks?: string[] | Record<string, { ipv4_address?: string } | null>;
  volumes?: string[];
  restart?: string;
}

interface ComposeFile {
  services: Record<string, Service>;
  networks: Record<string, { internal?: boolean } | null>;
}

const compose = parse(read('compose/compose.yml'), { merge: true }) as ComposeFile;
const SECRETS = {
  MONGODB_PASSWORD: 'm1',
  MONGODB_ROOT_PASSWORD: 'm2',
  RABBITMQ_PASSWORD: 'r1',
  METRICS_PASSWORD: 'p1',
};

/** As Compose does it. */
const interpolate = (value: string, variables: Record<string, string>): string =>
  value.replace(/\$\{(\w+):([-?])([^}]*)\}/g, (_, name: string, kind: string, text: string) => {
    const set = variables[name];
    if (set) return set;
    if (kind === '-') return text;
    throw new Error(`${name}: ${text}`);
  });

const environmentOf = (service: string, variables: Record<string, string>): Record<string, string> => {
  const given = Object.entries(compose.services[service]?.environment ?? {});
  return Object.fromEntries(given.map(([name, value]) => [name, interpolate(String(value), variables)]));
};

/** Names=values of a file such as systemd's, those in comments too. */
const namesIn = (text: string): string[] =>
  [...text.matchAll(/^#?([A-Z][A-Z_]+)=/gm)].map(([, name]) => name ?? '');

const UNKNOWN_TO_THE_APPLICATION = ['NODE_ENV'];
const strangers = (names: readonly string[]): string[] =>
  names.filter((name) => !SETTING_NAMES.includes(name) && !UNKNOWN_TO_THE_APPLICATION.includes(name));

describe('deploy/compose', () => {
  it('gives both nodes settings that they know and start with', () => {
    for (const node of ['app-1', 'app-2']) {
      const environment = environmentOf(node, SECRETS);
      expect(strangers(Object.keys(environment))).toEqual([]);
      expect(readSettings(environment)).toMatchObject({
        role: 'all',
        usersFile: '/run/secrets/heartbeat_users',
      });
    }
  });

  it.each(Object.keys(SECRETS))('refuses to start without %s', (name) => {
    const all = (variables: Record<string, string>): void =>
      Object.keys(compose.services).forEach((service) => environmentOf(service, variables));
    all(SECRETS);
    expect(() => all({ ...SECRETS, [name]: '' })).toThrow(`${name}: run make-secrets.sh`);
  });

  it('makes each secret that it asks for', () => {
    const made = [...read('compose/make-secrets.sh').matchAll(/^([A-Z_]+)=\$\(password\)$/gm)];
    expect(made.map(([, name]) => name).sort()).toEqual(Object.keys(SECRETS).sort());
  });

  it('publishes nginx alone, on loopback unless it is told otherwise', () => {
    const published = Object.entries(compose.services).filter(([, { ports }]) => ports !== undefined);
    expect(published.map(([name, { ports }]) => [name, ports?.map((port) => interpolate(port, {}))])).toEqual(
      [['nginx', ['127.0.0.1:8082:8080']]],
    );
  });

  it('lets nothing but nginx reach beyond the network inside', () => {
    for (const [name, { networks = [] }] of Object.entries(compose.services)) {
      if (name === 'nginx' || name === 'mongodb-setup') continue;
      expect(Array.isArray(networks) ? networks : Object.keys(networks)).toEqual(['inside']);
    }
    expect(compose.networks['inside']?.internal).toBe(true);
  });

  it('believes the X-Forwarded-For of nginx, by its address', () => {
    const { networks } = compose.services['nginx'] ?? {};
    const { TRUSTED_PROXIES } = environmentOf('app-1', SECRETS);
    expect((networks as Record<string, { ipv4_address: string }>)['inside']?.ipv4_address).toBe(
      TRUSTED_PROXIES,
    );
  });

  it('lets the nodes in to MongoDB and RabbitMQ', () => {
    const { mongodbUri, amqpUrl } = readSettings(environmentOf('app-1', SECRETS));
    expect(mongodbUri).toContain(`mongodb://heartbeat:${SECRETS.MONGODB_PASSWORD}@mongodb-1:27017,`);
    const { username, password, pathname } = new URL(amqpUrl ?? '');
    expect(environmentOf('rabbitmq', SECRETS)).toEqual({
      RABBITMQ_DEFAULT_USER: username,
      RABBITMQ_DEFAULT_PASS: password,
      RABBITMQ_DEFAULT_VHOST: pathname.slice(1),
    });
  });
});

describe('the setup of the replica set', () => {
  /** Runs the script against a set in that state. @returns what it did */
  function setUp(initiated: boolean, user: object | null): string[] {
    const done: string[] = [];
    const refusal = Object.assign(new Error('no set'), { codeName: 'NotYetInitialized' });
    const canopsis = {
      getUser: () => user,
      createUser: (given: unknown) => done.push(`create ${JSON.stringify(given)}`),
      updateUser: (name: string, given: unknown) => done.push(`update ${name} ${JSON.stringify(given)}`),
    };
    const adminCommand = (command: { replSetInitiate?: { members: unknown[] } }): void => {
      if ('replSetGetStatus' in command && !initiated) throw refusal;
      if (command.replSetInitiate) done.push(`initiate ${JSON.stringify(command.replSetInitiate.members)}`);
    };
    const connect = (uri: string): object => {
      done.push(uri.replace(/^.*@/, ''));
      return { adminCommand, getSiblingDB: () => canopsis };
    };
    const env = { MONGODB_PASSWORD: 'app', MONGODB_ROOT_PASSWORD: 'root' };
    runInNewContext(read('compose/mongodb/replica-set.js'), {
      connect,
      print: () => undefined,
      process: { env },
    });
    return done;
  }
  const rights = '"pwd":"app","roles":[{"role":"readWrite","db":"canopsis"}]';

  it('makes the set of three and the user, once', () => {
    const [first, initiated, whole, user] = setUp(false, null);
    expect(first).toBe('mongodb-1:27017/admin?directConnection=true');
    expect(initiated).toMatch(/^initiate \[{"_id":0,"host":"mongodb-1:27017"},.*"mongodb-3:27017"}\]$/);
    expect(whole).toMatch(/^mongodb-1:27017,mongodb-2:27017,mongodb-3:27017\/admin\?replicaSet=rs0/);
    expect(user).toBe(`create {"user":"heartbeat",${rights}}`);
  });

  it('changes nothing but the password the next time', () => {
    expect(setUp(true, {}).slice(2)).toEqual([`update heartbeat {${rights}}`]);
  });
});

describe('deploy/systemd', () => {
  it('knows the settings of the unit and of the example', () => {
    const unit = read('systemd/canopsis-heartbeat.service');
    const set = [...unit.matchAll(/^Environment=(.*)$/gm)].flatMap(([, pairs]) => pairs?.split(' ') ?? []);
    const names = [
      ...set.map((pair) => pair.split('=')[0] ?? ''),
      ...namesIn(read('systemd/environment.example')),
    ];
    expect(names).toContain('MONGODB_URI');
    expect(strangers(names)).toEqual([]);
  });
});

describe('deploy/kubernetes', () => {
  interface Manifest {
    kind: string;
    data?: Record<string, string>;
    stringData?: Record<string, string>;
  }
  const files = readdirSync(join(DEPLOY, 'kubernetes'));
  const manifests = files.flatMap((file) =>
    parseAllDocuments(read(`kubernetes/${file}`)).map((document) => document.toJS() as Manifest),
  );
  const ofKind = (kind: string): Manifest | undefined => manifests.find((manifest) => manifest.kind === kind);

  it('applies every manifest but the example of a secret', () => {
    const { resources } = parse(read('kubernetes/kustomization.yaml')) as { resources: string[] };
    const others = ['kustomization.yaml', 'secret.example.yaml'];
    expect([...resources].sort()).toEqual(files.filter((file) => !others.includes(file)).sort());
  });

  it('sets what the application knows', () => {
    const settings = Object.keys(ofKind('ConfigMap')?.data ?? {});
    const { users, ...secrets } = ofKind('Secret')?.stringData ?? {};
    expect(users).toContain('PLACEHOLDER');
    expect(strangers([...settings, ...Object.keys(secrets)])).toEqual([]);
  });

  it('holds no secret but placeholders', () => {
    for (const value of Object.values(ofKind('Secret')?.stringData ?? {}))
      expect(value).toContain('PLACEHOLDER');
  });
});
