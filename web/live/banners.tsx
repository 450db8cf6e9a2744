import type { JSX } from 'preact';
import { now } from '../clock';
import { blindSince, failureText, knownAt, lost } from '../list/overview';
import { formats, t } from '../texts';

/** Why what is shown may not be how it is: the server is away, refuses, or cannot hear events. */
export function Banners(): JSX.Element {
  const { clock, time } = formats.value;
  const known = clock(knownAt.value, now.value);
  return (
    <>
      {blindSince.value !== null && (
        <p role="status" class="banner blind">
          {t.value.blind(time(blindSince.value, now.value))}
        </p>
      )}
      {lost.value && (
        <p role="alert" class="banner lost">
          {t.value.lost(known)}
        </p>
      )}
      {!lost.value && failureText.value !== undefined && knownAt.value > 0 && (
        <p role="alert" class="banner lost">
          {failureText.value} {t.value.failedSince(known)}
        </p>
      )}
    </>
  );
}
