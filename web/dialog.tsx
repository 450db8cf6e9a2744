import type { ComponentChildren, JSX } from 'preact';
import { useId, useLayoutEffect, useRef } from 'preact/hooks';
import { focusCurrentRow } from './list/current';

interface DialogProps {
  title: string;
  /** Ids of what is to be read aloud after the title. */
  describedBy?: string;
  isAlert?: boolean;
  onClose: () => void;
  children: ComponentChildren;
}

/** A modal dialog; the focus goes back to where it was, or to the list where that is gone. */
export function Dialog({ title, describedBy, isAlert, onClose, children }: DialogProps): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  useLayoutEffect(() => {
    const before = document.activeElement;
    const shown = dialog.current;
    shown?.showModal();
    return () => {
      shown?.close();
      // What was removed meanwhile is known only after the next rendering.
      requestAnimationFrame(() => {
        if (document.activeElement !== document.body) return;
        if (before instanceof HTMLElement && before.isConnected && before !== document.body) before.focus();
        else focusCurrentRow();
      });
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      role={isAlert ? 'alertdialog' : undefined}
      aria-labelledby={titleId}
      aria-describedby={describedBy}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      <h2 id={titleId}>{title}</h2>
      {children}
    </dialog>
  );
}
