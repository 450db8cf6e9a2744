import type { ComponentChildren, JSX, RefObject } from 'preact';
import { Dialog } from '../dialog';
import { closeDialog } from '../open-dialog';
import { t } from '../texts';

interface FormDialogProps {
  title: string;
  /** Set to the form's element, so that a fault in it can be focused. */
  form: RefObject<HTMLFormElement | null>;
  /** Why it was not saved. */
  refused: ComponentChildren;
  isSaving: boolean;
  submit: () => Promise<void>;
  children: ComponentChildren;
}

/** A dialog with a form that is saved, or refused with a reason; nothing is stored before it is saved. */
export function FormDialog({
  title,
  form,
  refused,
  isSaving,
  submit,
  children,
}: FormDialogProps): JSX.Element {
  return (
    <Dialog title={title} onClose={closeDialog}>
      <form
        ref={form}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        {children}
        {refused !== undefined && (
          <p role="alert" class="banner lost">
            {refused}
          </p>
        )}
        <Buttons isSaving={isSaving} />
      </form>
    </Dialog>
  );
}

function Buttons({ isSaving }: { isSaving: boolean }): JSX.Element {
  return (
    <div class="buttons">
      <button type="button" onClick={closeDialog}>
        {t.value.cancel}
      </button>
      <button type="submit" class="primary" aria-disabled={isSaving}>
        {isSaving ? t.value.saving : t.value.save}
      </button>
    </div>
  );
}
