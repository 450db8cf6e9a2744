import { signal } from '@preact/signals';

/** How far the server's clock is ahead, in seconds: its times are compared with its own. */
let ahead = 0;
/** Up to here a difference is rounding and delay: the server tells whole seconds. */
const ROUNDING_SECONDS = 2;

const read = (): number => Date.now() / 1_000 + ahead;

/** The server's time in unix seconds, each second anew. */
export const now = signal(read());

/** @param date the `Date` header of an answer */
export function noteServerTime(date: string | null): void {
  if (date === null) return;
  const difference = (Date.parse(date) - Date.now()) / 1_000;
  ahead = Math.abs(difference) > ROUNDING_SECONDS ? difference : 0;
}

setInterval(() => {
  if (!document.hidden) now.value = read();
}, 1_000);

document.addEventListener('visibilitychange', () => {
  now.value = read();
});
