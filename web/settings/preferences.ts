import { signal } from '@preact/signals';
import { isLanguage, type Language, useLanguage } from '../texts';

export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];
export const TIMES = ['relative', 'exact'] as const;
export type TimesAs = (typeof TIMES)[number];

/** As the system says, unless one chose. */
export const theme = signal<Theme>('system');
/** How times are shown in the list. */
export const timesAs = signal<TimesAs>('relative');

// A browser may forbid to store anything; the page then works with what is usual.
function stored(name: string): string | null {
  try {
    return localStorage.getItem(`heartbeat-${name}`);
  } catch {
    return null;
  }
}

function store(name: string, value: string): void {
  try {
    localStorage.setItem(`heartbeat-${name}`, value);
  } catch {
    // Then it counts until the page is closed.
  }
}

/** Brings back what was chosen in this browser. The language is otherwise the one that the server chose. */
export async function restorePreferences(): Promise<void> {
  setTheme(THEMES.find((one) => one === stored('theme')) ?? 'system');
  timesAs.value = TIMES.find((one) => one === stored('times')) ?? 'relative';
  const chosen = stored('language');
  const served = document.documentElement.lang;
  await useLanguage(isLanguage(chosen) ? chosen : isLanguage(served) ? served : 'en');
}

export async function chooseLanguage(language: Language): Promise<void> {
  store('language', language);
  await useLanguage(language);
}

export function chooseTheme(chosen: Theme): void {
  store('theme', chosen);
  setTheme(chosen);
}

export function chooseTimes(chosen: TimesAs): void {
  store('times', chosen);
  timesAs.value = chosen;
}

function setTheme(chosen: Theme): void {
  theme.value = chosen;
  document.documentElement.dataset.theme = chosen;
}
