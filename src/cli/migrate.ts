import 'reflect-metadata';
import { FileHandle, open, rm } from 'node:fs/promises';
import { dialectOf } from '../domain/dialect';
import { exportHeartbeats } from '../migration/export';
import { HeartbeatStore, withHeartbeats } from '../migration/heartbeat-store';
import { importHeartbeats } from '../migration/import';
import { linesOf } from '../migration/lines';
import { MigrationError } from '../migration/migration-error';
import { Progress } from '../migration/progress';
import { Report, legible, writeTo } from '../migration/report';
import { Settings, readSettings } from '../settings/settings';
import { refuseConnectionString } from '../app/standalone';
import { errorText, fileErrorText } from '../util/error-text';

/** The name of a file that stands for standard input or output. */
const STANDARD = '-';

/**
 * `import FILE`: stores the heartbeats of a file, and reports on standard output. The process will exit with 1 where
 * something was refused.
 * @throws MigrationError where the file cannot be read, or the database fails
 */
export async function importFile(file: string): Promise<void> {
  const settings = usableSettings();
  const handle = file === STANDARD ? undefined : await openToRead(file);
  try {
    const size = (await handle?.stat())?.size ?? 0;
    const progress = new Progress(process.stderr, size);
    const report = new Report((text) => {
      progress.clear();
      return writeTo(process.stdout, text);
    });
    const chunks = (handle?.createReadStream({ autoClose: false }) ?? process.stdin) as AsyncIterable<Buffer>;
    const dialect = dialectOf(settings.dialect);
    const work = (store: HeartbeatStore): Promise<void> =>
      importHeartbeats(linesOf(chunks), store, dialect, report, (bytes) => progress.show(bytes));
    try {
      await withHeartbeats(settings, work);
    } catch (error) {
      progress.clear();
      if (report.imported === 0) throw error;
      throw new MigrationError(
        `${errorText(error)}\nimported at least ${report.imported} until then; import the file again for the rest`,
        { cause: error },
      );
    }
    await report.finish();
    if (report.refused > 0) process.exitCode = 1;
  } finally {
    await handle?.close();
  }
}

/**
 * `export FILE`: writes all heartbeats into a new file, and reports on standard error.
 * @throws MigrationError where the file is there or cannot be written, or the database fails; EmbeddedDatabaseError where there is
 * no data
 */
export async function exportFile(file: string): Promise<void> {
  const settings = usableSettings();
  const handle = file === STANDARD ? undefined : await create(file);
  let count: number;
  try {
    const to = handle?.createWriteStream({ flush: true }) ?? process.stdout;
    count = await withHeartbeats({ ...settings, create: false }, async ({ heartbeats }) => {
      const progress = new Progress(process.stderr, await heartbeats.countDocuments());
      const passed = (done: number): void => progress.show(done);
      const all = await exportHeartbeats(heartbeats, to, { end: handle !== undefined, passed });
      progress.clear();
      return all;
    });
  } catch (error) {
    // Half a file would pass for a whole one.
    if (handle) await handle.close().finally(() => rm(file, { force: true }));
    throw isSystemError(error)
      ? new MigrationError(`cannot write ${legible(file)}: ${fileErrorText(error)}`)
      : error;
  }
  process.stderr.write(`exported ${count}\n`);
}

/** @throws SettingsError */
function usableSettings(): Settings {
  const settings = readSettings();
  refuseConnectionString(settings);
  return settings;
}

async function openToRead(file: string): Promise<FileHandle> {
  const cannot = (why: string): MigrationError => new MigrationError(`cannot read ${legible(file)}: ${why}`);
  const handle = await open(file, 'r').catch((error: Error) => {
    throw cannot(fileErrorText(error));
  });
  if (!(await handle.stat()).isDirectory()) return handle;
  await handle.close();
  throw cannot('it is a directory');
}

async function create(file: string): Promise<FileHandle> {
  try {
    return await open(file, 'wx');
  } catch (error) {
    const exists = (error as NodeJS.ErrnoException).code === 'EEXIST';
    const why = exists ? 'it exists, and nothing is overwritten' : fileErrorText(error);
    throw new MigrationError(`cannot write ${legible(file)}: ${why}`);
  }
}

const isSystemError = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error && typeof (error as NodeJS.ErrnoException).syscall === 'string';
