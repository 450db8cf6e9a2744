import { SettingsError, readSettings } from '../../src/settings/settings';

/** @returns what is wrong with these environment variables; nothing where they can be used */
export function problemsOf(env: NodeJS.ProcessEnv): readonly string[] {
  try {
    readSettings(env);
  } catch (error) {
    if (error instanceof SettingsError) return error.problems;
    throw error;
  }
  return [];
}
