import type { JSX } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { addressOf } from '../api';
import { session } from '../session';
import { t } from '../texts';
import { commandOf } from './command';

/** A command to copy that ends the silence of this heartbeat; the page itself sends no event. */
export function SendEvent({ pattern }: { pattern: Record<string, string> }): JSX.Element {
  const [isCopied, setCopied] = useState(false);
  const code = useRef<HTMLElement>(null);
  const command = commandOf(pattern, addressOf('event'), session.value?.user ?? null);
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(command);
      setCopied(true);
    } catch {
      // Without TLS a browser has no clipboard for pages: then one presses the keys for it.
      if (code.current) getSelection()?.selectAllChildren(code.current);
    }
  };
  return (
    <>
      <h3>{t.value.sendEvent}</h3>
      <p class="hint">{t.value.sendEventHint}</p>
      {/* Long, and so it can be scrolled by keyboard. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <pre tabIndex={0} aria-label={t.value.sendEvent}>
        <code ref={code}>{command}</code>
      </pre>
      <div class="buttons">
        <span role="status">{isCopied ? t.value.copied : ''}</span>
        <button type="button" onClick={() => void copy()}>
          {t.value.copy}
        </button>
      </div>
    </>
  );
}
