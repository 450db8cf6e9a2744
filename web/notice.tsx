import { signal } from '@preact/signals';
import type { JSX } from 'preact';

const SHOWN_MS = 5_000;
const text = signal('');
let timer: ReturnType<typeof setTimeout> | undefined;

/** Says for a moment that something was done. */
export function notify(message: string): void {
  text.value = message;
  clearTimeout(timer);
  timer = setTimeout(() => {
    text.value = '';
  }, SHOWN_MS);
}

/** Where that is said; always there, so that it is read aloud. */
export function Notice(): JSX.Element {
  return (
    <p role="status" class="notice" data-shown={text.value !== ''}>
      {text.value}
    </p>
  );
}
