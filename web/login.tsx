import type { JSX } from 'preact';
import { useId, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { Unreachable } from './api';
import { ended, logIn } from './session';
import { t } from './texts';
import { duration } from './times';

/** The form to log in with; what is wrong is said in it. */
export function LogIn(): JSX.Element {
  const [fault, setFault] = useState<string>();
  const form = useRef<HTMLFormElement>(null);
  const faultId = useId();
  useLayoutEffect(() => field('name')?.focus(), []);
  const field = (name: string): HTMLInputElement | null | undefined =>
    form.current?.querySelector<HTMLInputElement>(`[name=${name}]`);
  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const data = new FormData(form.current ?? undefined);
    setFault(undefined);
    const found = await tryToLogIn(data.get('name') as string, data.get('password') as string);
    setFault(found);
    if (found !== undefined) field('password')?.select();
  };
  return (
    <main class="login">
      <h1>{t.value.title}</h1>
      <form ref={form} onSubmit={(event) => void submit(event)}>
        {ended.value && fault === undefined && <p role="status">{t.value.loggedOutByServer}</p>}
        <label>
          <span>{t.value.userName}</span>
          <input name="name" autocomplete="username" required spellcheck={false} />
        </label>
        <label>
          <span>{t.value.password}</span>
          <input
            name="password"
            type="password"
            autocomplete="current-password"
            required
            aria-invalid={fault !== undefined || undefined}
            aria-describedby={fault && faultId}
          />
        </label>
        {fault !== undefined && (
          <p id={faultId} role="alert" class="fault">
            {fault}
          </p>
        )}
        <button type="submit" class="primary">
          {t.value.logIn}
        </button>
      </form>
    </main>
  );
}

/** @returns why not; undefined where it worked */
async function tryToLogIn(name: string, password: string): Promise<string | undefined> {
  const { wrongLogin, tooMany, failed, unreachable } = t.value;
  try {
    const outcome = await logIn(name, password);
    if (outcome === undefined) return undefined;
    return outcome === 'wrong' ? wrongLogin : tooMany(duration(outcome, t.value));
  } catch (error) {
    return failed(error instanceof Unreachable ? unreachable : (error as Error).message);
  }
}
