import { mongo } from 'mongoose';

/**
 * What the driver finds wrong with a connection string, before anything is connected to: such a string will never do,
 * however often it is tried again.
 * @returns undefined where it can be used; otherwise the driver's words, as long as they repeat neither the
 * credentials nor the value of an option, which may be a secret too
 */
export function connectionStringProblem(uri: string): string | undefined {
  try {
    new mongo.MongoClient(uri);
    return undefined;
  } catch (error) {
    const { message } = error as Error;
    return secretsOf(uri).some((secret) => message.includes(secret)) ? 'the driver cannot use it' : message;
  }
}

function secretsOf(uri: string): string[] {
  const credentials = /\/\/(.*)@/.exec(uri)?.[1] ?? '';
  const values = Array.from(uri.matchAll(/=([^&]*)/g), ([, value]) => value ?? '');
  return [...credentials.split(/[:@/]/), ...values].filter((text) => text !== '');
}
