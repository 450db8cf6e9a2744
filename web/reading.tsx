import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { call, reasonOf } from './api';
import { now } from './clock';
import { formats, t } from './texts';

/** So often it is read again while the page can be seen. */
const AGAIN_MS = 10_000;

/** What a call answered, and whether that is how it still is. */
export interface Reading<T> {
  /** Undefined until it was read once. */
  data: T | undefined;
  /** When that was, in unix seconds. */
  at: number;
  /** Why the last reading failed; what was known stays. */
  failure: string | undefined;
  again: () => void;
}

/**
 * Reads a call of the API, and reads it again from time to time.
 * @param path another one is read at once, while what the one before answered is still shown
 * @param key what makes it worth reading at once, when it changes
 */
export function useReading<T>(path: string, key?: unknown): Reading<T> {
  const [reading, setReading] = useState<Omit<Reading<T>, 'again'>>({
    data: undefined,
    at: 0,
    failure: undefined,
  });
  const [asked, ask] = useState(0);
  useEffect(() => {
    const closed = new AbortController();
    const read = async (): Promise<void> => {
      if (document.hidden) return;
      try {
        const data = await call<T>('GET', path, { signal: closed.signal });
        setReading({ data, at: now.peek(), failure: undefined });
      } catch (error) {
        if (closed.signal.aborted) return;
        setReading((before) => ({ ...before, failure: reasonOf(error, t.peek().unreachable) }));
      }
    };
    void read();
    const timer = setInterval(() => void read(), AGAIN_MS);
    return () => {
      clearInterval(timer);
      closed.abort();
    };
  }, [path, key, asked]);
  return { ...reading, again: () => ask(asked + 1) };
}

interface ReadingProps<T> {
  reading: Reading<T>;
  children: (data: T) => JSX.Element;
}

/** What was read, below what is to be said while it could not be read. */
export function Shown<T>({ reading: { data, at, failure, again }, children }: ReadingProps<T>): JSX.Element {
  return (
    <>
      {failure !== undefined && (
        <p role="alert" class="banner lost">
          {t.value.failed(failure)}{' '}
          {data !== undefined && t.value.failedSince(formats.value.clock(at, now.value))}{' '}
          <button type="button" onClick={again}>
            {t.value.tryAgain}
          </button>
        </p>
      )}
      {data === undefined ? failure === undefined && <p>{t.value.loading}</p> : children(data)}
    </>
  );
}
