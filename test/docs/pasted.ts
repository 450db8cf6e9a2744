import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/**
 * Runs the lines of a tour as somebody who pastes them, without the startup files of this machine.
 * @returns the answers, one on each line; fails where a line does, or complains
 */
export async function pasted(script: string): Promise<unknown[]> {
  const words = ['--norc', '-euo', 'pipefail', '-c', script];
  const { stdout, stderr } = await promisify(execFile)('bash', words);
  expect(stderr).toBe('');
  const lines = stdout.split('\n').filter((line) => line !== '');
  return lines.map((line) => JSON.parse(line) as unknown);
}
