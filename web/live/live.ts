import { effect } from '@preact/signals';
import { ApiError } from '../api';
import { now } from '../clock';
import {
  acceptStates,
  changesAfter,
  isStale,
  lost,
  noteHeard,
  readCounts,
  refresh,
  wasReadBefore,
} from '../list/overview';
import { type StreamListener, followChanges } from './stream';

/** Where no stream is to be had, what is shown is read so often. */
const POLL_MS = 10_000;
const FRESH_SECONDS = 3;
const FIRST_RETRY_MS = 300;
/** So often a hidden page asks for the number in its title. */
const HIDDEN_POLL_MS = 60_000;

const listener: StreamListener = {
  heard: () => {
    if (!lost.value) noteHeard();
  },
  // The first one comes at once.
  tick: () => {
    if (wasReadBefore(FRESH_SECONDS)) void refresh();
  },
  rules: () => void refresh(),
  states: (message) => {
    acceptStates(message);
    if (message.many || message.changed.length > 0) void refresh();
  },
};

/**
 * Keeps what is shown true: reads it, follows the changes, and begins again when that breaks. A page that cannot be seen
 * holds no connection.
 * @returns what ends it
 */
export function startLive(): () => void {
  const stopped = new AbortController();
  void keepTrue(stopped.signal);
  const disposeStale = effect(() => {
    if (isStale(now.value - 1)) void refresh();
  });
  return () => {
    disposeStale();
    stopped.abort();
  };
}

async function keepTrue(stopped: AbortSignal): Promise<void> {
  let failures = 0;
  while (!stopped.aborted) {
    await untilVisible(stopped);
    if (stopped.aborted) return;
    // Where the reading works and the stream does not, the page goes on by reading.
    const answered = await refresh();
    const outcome = answered ? await followWhileVisible(stopped) : 'failed';
    failures = outcome === 'heard' ? 0 : failures + 1;
    const wait = outcome === 'refused' ? POLL_MS : Math.min(POLL_MS, FIRST_RETRY_MS * 2 ** failures);
    // Not all pages at the same moment, when a server comes back.
    if (!document.hidden) await pause(wait * (0.75 + Math.random() / 4), stopped);
  }
}

/** @returns whether the stream brought anything, was refused, or could not be had */
async function followWhileVisible(stopped: AbortSignal): Promise<'heard' | 'refused' | 'failed'> {
  const hidden = new AbortController();
  const check = (): void => {
    if (document.hidden) hidden.abort();
  };
  document.addEventListener('visibilitychange', check);
  let heard = false;
  const heed = { ...listener, heard: () => void ((heard = true), listener.heard()) };
  try {
    await followChanges(changesAfter(), heed, AbortSignal.any([stopped, hidden.signal]));
  } catch (error) {
    if (error instanceof ApiError && !heard) return 'refused';
  } finally {
    document.removeEventListener('visibilitychange', check);
  }
  return heard ? 'heard' : 'failed';
}

async function untilVisible(stopped: AbortSignal): Promise<void> {
  while (document.hidden && !stopped.aborted) {
    await pause(HIDDEN_POLL_MS, stopped);
    if (document.hidden && !stopped.aborted) await readCounts();
  }
}

/** Ends early when the page can be seen again, or when there is nothing to wait for any more. */
async function pause(milliseconds: number, stopped: AbortSignal): Promise<void> {
  const wasHidden = document.hidden;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(done, milliseconds);
    const seen = (): void => {
      if (wasHidden && !document.hidden) done();
    };
    function done(): void {
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', seen);
      stopped.removeEventListener('abort', done);
      resolve();
    }
    document.addEventListener('visibilitychange', seen);
    stopped.addEventListener('abort', done);
  });
}
