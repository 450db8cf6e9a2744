import { BlockList, isIP } from 'node:net';
import { InvalidValue, type SettingDefinition } from './setting-definition';
import { SETTING_NAMES, SETTING_TABLE, type EnvironmentSettings } from './setting-table';

export { SETTING_NAMES } from './setting-table';
export { settingsHelp, settingsMarkdown } from './settings-text';

/**
 * The environment, read once. Exactly one of `users` and `usersFile` is present; where `role` is `engine` and nobody
 * configured users, `users` is empty.
 */
export interface Settings extends EnvironmentSettings {
  /** True where nobody configured users, so that `users` is the documented root/root: worth a warning. */
  readonly defaultUsers: boolean;
}

/** Says everything that is wrong with the environment at once. No message holds the value of a secret. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';

  constructor(readonly problems: readonly string[]) {
    super(['The settings are not valid:', ...problems.map((problem) => `  - ${problem}`)].join('\n'));
  }
}

/**
 * Reads every setting from the process's environment, or from `env`. An empty variable counts as unset.
 *
 * @throws SettingsError listing all problems, each with the variable's name and what it should be.
 */
export function readSettings(env: NodeJS.ProcessEnv = process.env): Settings {
  const { values, problems } = readTable(env);
  problems.push(...unknownVariables(env), ...userProblems(env, values), ...webhookProblems(env));
  if (problems.length > 0) throw new SettingsError(problems);
  // Without a problem every property that has a default is there: SETTING_TABLE's type asks for those defaults.
  const settings = values as EnvironmentSettings;
  if (settings.users || settings.usersFile) return { ...settings, defaultUsers: false };
  // An engine has no calls that anybody could be let in to.
  if (settings.role === 'engine') return { ...settings, users: new Map(), defaultUsers: false };
  return { ...settings, users: new Map([['root', 'root']]), defaultUsers: true };
}

function readTable(env: NodeJS.ProcessEnv): { values: Partial<EnvironmentSettings>; problems: string[] } {
  const problems: string[] = [];
  const values: Record<string, unknown> = {};
  for (const [property, definition] of Object.entries<SettingDefinition<unknown>>(SETTING_TABLE)) {
    const text = env[definition.name] || definition.default;
    if (text === undefined) continue;
    try {
      values[property] = definition.parse(text);
    } catch (error) {
      if (!(error instanceof InvalidValue)) throw error;
      const found = definition.secret ? '' : `, not ${JSON.stringify(text)}`;
      problems.push(`${definition.name} should be ${error.message}${found}`);
    }
  }
  return { values, problems };
}

/** Which users to accept depends on several variables: a value is absent where it was not valid. */
function userProblems(env: NodeJS.ProcessEnv, { host, role }: Partial<EnvironmentSettings>): string[] {
  const { users, usersFile } = SETTING_TABLE;
  if (env[users.name] && env[usersFile.name]) {
    return [`${users.name} and ${usersFile.name} exclude each other: unset one of them`];
  }
  const needless = role === 'engine' || host === undefined || isLoopback(host);
  if (env[users.name] || env[usersFile.name] || needless) return [];
  return [
    `${users.name} or ${usersFile.name} should be set: without users only root with password root could call, ` +
      `which is allowed on a loopback ${SETTING_TABLE.host.name} alone, not on ${JSON.stringify(host)}`,
  ];
}

function webhookProblems(env: NodeJS.ProcessEnv): string[] {
  const { amqpUrl, alarmWebhookUrl: url, alarmWebhookSecret: secret } = SETTING_TABLE;
  const problems: string[] = [];
  if (env[url.name] && env[amqpUrl.name]) {
    problems.push(
      `${url.name} and ${amqpUrl.name} exclude each other: with a broker, alarms go to its exchange; unset one of them`,
    );
  }
  if (env[secret.name] && !env[url.name]) {
    problems.push(`${secret.name} is of use with ${url.name} only: set that too, or unset it`);
  }
  return problems;
}

function isLoopback(host: string): boolean {
  const loopback = new BlockList();
  loopback.addSubnet('127.0.0.0', 8, 'ipv4');
  loopback.addAddress('::1', 'ipv6');
  const version = isIP(host);
  if (version === 0) return host.toLowerCase() === 'localhost';
  return loopback.check(host, version === 4 ? 'ipv4' : 'ipv6');
}

/**
 * Kubernetes sets such variables in every container beside a Service whose name starts with `heartbeat`
 * (https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables): they are nobody's typing error.
 */
function isServiceLink(name: string, value: string): boolean {
  return (
    /_SERVICE_(HOST|PORT)(_|$)|_PORT_[0-9]+_(TCP|UDP|SCTP)(_|$)/.test(name) ||
    (name.endsWith('_PORT') && /^(tcp|udp|sctp):\/\//.test(value))
  );
}

function unknownVariables(env: NodeJS.ProcessEnv): string[] {
  const known = SETTING_NAMES.filter((name) => name.startsWith('HEARTBEAT_'));
  return Object.entries(env)
    .filter(([name, value]) => name.startsWith('HEARTBEAT_') && value && !isServiceLink(name, value))
    .filter(([name]) => !known.includes(name))
    .map(([name]) => `${name} is not a setting: perhaps one of ${known.join(', ')} is meant`);
}
