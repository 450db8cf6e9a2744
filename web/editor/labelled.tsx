import type { ComponentChildren, JSX } from 'preact';
import { useId } from 'preact/hooks';

interface LabelledProps {
  label: string;
  fault?: string | undefined;
  /** Renders the field, with what ties it to its label and its message. */
  children: (tied: Tied) => ComponentChildren;
}

interface Tied {
  id: string;
  'aria-invalid': true | undefined;
  'aria-describedby': string | undefined;
}

/** A field below its label, and above what is wrong with it. */
export function Labelled({ label, fault, children }: LabelledProps): JSX.Element {
  const id = useId();
  const faultId = `${id}-fault`;
  const isFaulty = fault !== undefined;
  return (
    <div class="labelled">
      <label for={id}>{label}</label>
      {children({
        id,
        'aria-invalid': isFaulty || undefined,
        'aria-describedby': isFaulty ? faultId : undefined,
      })}
      {isFaulty && (
        <p id={faultId} class="fault">
          {fault}
        </p>
      )}
    </div>
  );
}

interface TextFieldProps {
  label: string;
  value: string;
  onValue: (value: string) => void;
}

/** A text of any length; Enter saves as in the other fields, with Shift it begins a line. */
export function LongText({ label, value, onValue }: TextFieldProps): JSX.Element {
  return (
    <Labelled label={label}>
      {(tied) => (
        <textarea
          {...tied}
          rows={2}
          value={value}
          onInput={({ currentTarget }) => onValue(currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
            event.preventDefault();
            event.currentTarget.form?.requestSubmit();
          }}
        />
      )}
    </Labelled>
  );
}
