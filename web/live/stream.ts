import { Unreachable, addressOf, query, send } from '../api';
import type { StatesMessage } from '../types';
import { MessageReader } from './messages';

/** The server says something every 10 s: after this it cannot be heard. */
export const SILENCE_MS = 21_000;

/** Who is told of what the stream brings. */
export interface StreamListener {
  /** Something came, so all that was shown still holds. */
  heard(): void;
  /** Nothing happened for a while. */
  tick(): void;
  /** Rules were created, changed or deleted. */
  rules(): void;
  states(message: StatesMessage): void;
}

/**
 * Follows the changes until the stream ends or `signal` aborts.
 * @throws ApiError where it is refused, Unreachable where it cannot be had, breaks, or is silent for too long
 */
export async function followChanges(
  after: string | number,
  listener: StreamListener,
  signal: AbortSignal,
): Promise<void> {
  const silence = new AbortController();
  let timer = setTimeout(() => silence.abort(), SILENCE_MS);
  const heard = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => silence.abort(), SILENCE_MS);
    listener.heard();
  };
  try {
    const response = await send('GET', addressOf(`heartbeat-changes?${query({ after })}`), {
      signal: AbortSignal.any([signal, silence.signal]),
      timeoutMs: Infinity,
    });
    if (response.body) await readMessages(response.body, listener, heard);
  } catch (error) {
    if (silence.signal.aborted) throw new Unreachable();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

async function readMessages(
  body: ReadableStream<BufferSource>,
  listener: StreamListener,
  heard: () => void,
): Promise<void> {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  const messages = new MessageReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    heard();
    for (const { event, data } of messages.push(value)) {
      if (event === 'states') listener.states(JSON.parse(data) as StatesMessage);
      if (event === 'rules') listener.rules();
      if (event === 'tick') listener.tick();
    }
  }
}
