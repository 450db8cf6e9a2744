import { WebhookTemplate } from '../engine/alarms/webhook-template';
import { type Settings, SettingsError } from '../settings/settings';
import { fileErrorText } from '../util/error-text';
import { readText } from '../util/read-text';

const NAME = 'ALARM_WEBHOOK_TEMPLATE';

/**
 * Reads the template of posted alarms, and checks it.
 * @returns its text; undefined where there is none
 * @throws SettingsError where its file cannot be read, or it cannot be used
 */
export async function alarmTemplateOf(settings: Settings): Promise<string | undefined> {
  const { alarmWebhookTemplate: given, alarmWebhookContentType } = settings;
  if (given === undefined) return undefined;
  const path = given.startsWith('@') ? given.slice(1) : undefined;
  try {
    const text = path === undefined ? given : await readText(path);
    await WebhookTemplate.of(text, alarmWebhookContentType);
    return text;
  } catch (error) {
    throw new SettingsError([`${NAME}${path === undefined ? '' : `, ${path}`}: ${fileErrorText(error)}`]);
  }
}
