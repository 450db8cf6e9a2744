import { readFile } from 'node:fs/promises';

/** Clock ticks of `/proc` in a second (Linux, proc(5)). */
const TICKS = 100;

/** @returns processor time that a process has used, in seconds */
export async function cpuSeconds(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  const [, , , , , , , , , , , user, system] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(user) + Number(system)) / TICKS;
}

/** @returns its resident memory, in MiB */
export const residentMiB = (pid: number): Promise<number> => statusMiB(pid, 'VmRSS');

/** @returns the highest resident memory that it ever had, in MiB */
export const peakMiB = (pid: number): Promise<number> => statusMiB(pid, 'VmHWM');

async function statusMiB(pid: number, field: string): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Math.round(Number(new RegExp(`${field}:\\s+(\\d+)`).exec(status)?.[1]) / 1024);
}
