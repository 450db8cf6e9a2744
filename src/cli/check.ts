import 'reflect-metadata';
import { alarmTemplateOf } from '../app/alarm-template';
import { proxiesOf, usersOf } from '../app/standalone';
import { Settings, SettingsError, readSettings } from '../settings/settings';
import { checkBroker } from './check/broker-check';
import { checkDatabase } from './check/database-check';
import { checkPorts, checkReceiver } from './check/network-check';
import { checkPackages } from './check/package-check';
import { errorText } from '../util/error-text';
import { withTimeout } from '../util/timeout';

/** What was checked, and what is wrong with it, if anything. */
export interface Finding {
  readonly what: string;
  readonly problem?: string;
  /** What is to be said of it where nothing is wrong. */
  readonly note?: string;
}

/** Throws what is wrong; gives the note. */
type Look = () => Promise<string | void> | void;

/** How long each piece has, and the process to end, in milliseconds; what calls another machine has less. */
const LOOK_LIMIT_MS = 60_000;
const END_LIMIT_MS = 2_000;

/** Prints what {@link check} finds, a line each; the process ends with 1 where something is wrong. */
export async function reportCheck(): Promise<void> {
  for (const { what, problem, note } of await check(readSettings())) {
    const fine = note === undefined ? 'ok' : `ok (${note})`;
    console.log(`${what}: ${problem ?? fine}`);
    if (problem !== undefined) process.exitCode = 1;
  }
  // What was given up for its time may still hold the process.
  setTimeout(() => process.exit(), END_LIMIT_MS).unref();
}

/**
 * Does what a start does, piece by piece, and says what stands in its way. It leaves nothing behind but what a start
 * declares at the broker.
 */
export async function check(settings: Settings): Promise<Finding[]> {
  const { amqpUrl, alarmWebhookUrl, alarmAlertmanagerUrl, mongodbUri } = settings;
  const receiver = (setting: string, url: string) => () => checkReceiver(setting, url, proxiesOf(settings));
  const looks: [string, Look][] = [
    ['users', async () => void (await usersOf(settings))],
    ['packages', () => checkPackages(settings)],
    ['ports', () => checkPorts(settings)],
    [mongodbUri === undefined ? 'embedded database' : 'database', () => checkDatabase(settings)],
  ];
  if (amqpUrl !== undefined) looks.push(['RabbitMQ', () => checkBroker(amqpUrl, settings)]);
  if (settings.alarmWebhookTemplate !== undefined)
    looks.push(['webhook template', async () => void (await alarmTemplateOf(settings))]);
  if (alarmWebhookUrl !== undefined) looks.push(['webhook', receiver('ALARM_WEBHOOK_URL', alarmWebhookUrl)]);
  if (alarmAlertmanagerUrl !== undefined)
    looks.push(['Alertmanager', receiver('ALARM_ALERTMANAGER_URL', alarmAlertmanagerUrl)]);
  const findings: Finding[] = [];
  for (const [what, look] of looks) findings.push(await finding(what, look));
  return findings;
}

async function finding(what: string, look: Look): Promise<Finding> {
  try {
    const note = (await withTimeout(LOOK_LIMIT_MS, Promise.resolve(look()))) ?? undefined;
    return { what, note };
  } catch (error) {
    if (error instanceof SettingsError) return { what, problem: error.problems.join('; ') };
    return { what, problem: errorText(error) };
  }
}
