import { mongo } from 'mongoose';

/** What is wrong with a client whose writes the database does not acknowledge: what was answered may never be stored. */
export const UNACKNOWLEDGED =
  'with w=0 the database acknowledges no write, so that what is answered as stored may be lost: leave w out, or set w=majority';

/** Whether the database is to acknowledge no write, however that is spelled (`w=0`, `w=00`). */
export const isUnacknowledged = ({ writeConcern }: Pick<mongo.MongoOptions, 'writeConcern'>): boolean =>
  Number(writeConcern?.w) <= 0;

/**
 * What the driver finds wrong with a connection string, before anything is connected to: such a string will never do,
 * however often it is tried again; and {@link UNACKNOWLEDGED}.
 * @returns undefined where it can be used; otherwise what is wrong, in the driver's words as long as they repeat neither the
 * credentials nor the value of an option, which may be a secret too
 */
export function connectionStringProblem(uri: string): string | undefined {
  try {
    return isUnacknowledged(new mongo.MongoClient(uri).options) ? UNACKNOWLEDGED : undefined;
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
