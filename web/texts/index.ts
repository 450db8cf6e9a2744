import { computed, signal } from '@preact/signals';
import { type Formats, formatsOf } from '../times';
import { en } from './en';

/** A catalogue has what the English one has. */
export type Texts = typeof en;
export const LANGUAGES = { en: 'English', fr: 'Français' } as const;
export type Language = keyof typeof LANGUAGES;

export const isLanguage = (text: string | null): text is Language => text !== null && text in LANGUAGES;

const catalogue = signal<Texts>(en);

/** The language that is shown. */
export const language = signal<Language>('en');
/** What is shown, in that language. */
export const t = catalogue;
/** How it writes times and numbers. */
export const formats = computed<Formats>(() => formatsOf(language.value));

/** Shows this language from now on; French is loaded when it is first wanted. */
export async function useLanguage(wanted: Language): Promise<void> {
  const texts = wanted === 'fr' ? (await import('./fr')).fr : en;
  catalogue.value = texts;
  language.value = wanted;
  document.documentElement.lang = wanted;
}
