import { EmbeddedMongoError } from '../errors';

const CHOOSE = 'choose another directory';

/** What to do where the system refuses, by its error code. */
const CURES: Readonly<Record<string, string>> = {
  EROFS: `its file system is read-only: mount it for writing, or ${CHOOSE}`,
  ENOSPC: `its file system is full: make room, or ${CHOOSE}`,
  EDQUOT: `the quota of this user is used up: make room, or ${CHOOSE}`,
  ENOTDIR: `a part of its path is no directory: ${CHOOSE}`,
  EEXIST: `there is a file of that name: ${CHOOSE}`,
  ENOENT: `it cannot be made there: ${CHOOSE}`,
  EISDIR: `it holds a directory where a file of the database should be: ${CHOOSE}`,
  ENAMETOOLONG: 'its path is too long: choose a shorter one',
  ELOOP: `its path is a loop of links: ${CHOOSE}`,
};

/** @returns what went wrong with a directory as one sentence, with its path and what to do */
export function directoryError(directory: string, cause: unknown): EmbeddedMongoError {
  if (cause instanceof EmbeddedMongoError) return cause;
  const { code = '', message, ...more } = cause as NodeJS.ErrnoException & { port?: number };
  const cure = more.port === undefined ? cureOf(code) : undefined;
  const what =
    cure === undefined
      ? `the embedded MongoDB cannot start in ${directory}: ${message}`
      : `the embedded MongoDB cannot use ${directory}: ${cure}`;
  return new EmbeddedMongoError(what, { cause });
}

function cureOf(code: string): string | undefined {
  const cure = code === 'EACCES' || code === 'EPERM' ? refused() : CURES[code];
  return cure === undefined ? undefined : `${cure} (${code})`;
}

function refused(): string {
  const user = process.getuid?.();
  const who = user === undefined ? 'this user' : `user ${user}`;
  return `${who} may not write there: make the directory theirs (chown), or ${CHOOSE}`;
}
