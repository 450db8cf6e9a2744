/** What was waited for did not come in time. */
export class TimeoutError extends Error {}

/**
 * Waits for a promise, but no longer than this many milliseconds. What the promise stands for goes on regardless.
 * @throws TimeoutError `no answer within … ms`
 */
export async function withTimeout<T>(milliseconds: number, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new TimeoutError(`no answer within ${Math.round(milliseconds)} ms`)),
      milliseconds,
    );
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
