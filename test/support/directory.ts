import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Makes a directory for one test. */
export const makeDirectory = (): Promise<string> => mkdtemp(join(tmpdir(), 'heartbeat-test-'));

/** Removes it with all that is in it. */
export const removeDirectory = (path: string): Promise<void> => rm(path, { recursive: true, force: true });
