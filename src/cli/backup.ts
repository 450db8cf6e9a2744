import { EmbeddedDatabaseError, backUpDatabase } from '../database/database-server';
import { readSettings } from '../settings/settings';

/**
 * `backup DIR`: copies the embedded database into an empty directory, also while the application runs on it.
 * @throws EmbeddedDatabaseError where the data is in a MongoDB, or there is none, or it cannot be copied
 */
export async function backUp(directory: string): Promise<void> {
  const { mongodbUri, dataDir } = readSettings();
  if (mongodbUri !== undefined)
    throw new EmbeddedDatabaseError(
      'MONGODB_URI is set, and backup copies the embedded database alone: make a backup of that MongoDB with mongodump',
    );
  await backUpDatabase(dataDir, directory);
  process.stderr.write(`backed up: start with DATA_DIR=${directory} to restore\n`);
}
