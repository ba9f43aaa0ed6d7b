import { i18n, type Messages } from '@lingui/core';
import { preferences } from './storage';

/** Languages of the app, each named in itself. */
export const languages = { en: 'English', de: 'Deutsch' } as const;
export type Language = keyof typeof languages;

/**
 * English in disguise, from right to left: not offered, but reached with
 * `localStorage['fixdesk.language'] = 'en-XB'` by whoever checks the layout.
 */
const pseudo = 'en-XB';
type Locale = Language | typeof pseudo;

const catalogues: Record<Locale, () => Promise<{ messages: Messages }>> = {
  en: () => import('../locales/en/messages.po'),
  de: () => import('../locales/de/messages.po'),
  [pseudo]: () => import('../locales/en-XB/messages.po'),
};

const isLanguage = (x: string | null | undefined): x is Language => !!x && x in languages;

/** The side from which a language is read. */
export function directionOf(locale: string): 'ltr' | 'rtl' {
  return locale === pseudo ? 'rtl' : 'ltr';
}

/** The chosen language, else the browser's first known one, else English. */
export function preferredLanguage(): Locale {
  const chosen = preferences.get('language');
  if (isLanguage(chosen) || chosen === pseudo) return chosen;
  const known = navigator.languages.map((tag) => tag.slice(0, 2)).find(isLanguage);
  return known ?? 'en';
}

/** Loads a language and shows the app in it. */
export async function activateLanguage(language: Locale): Promise<void> {
  const { messages } = await catalogues[language]();
  i18n.loadAndActivate({ locale: language, messages });
  document.documentElement.lang = language;
  document.documentElement.dir = directionOf(language);
}

/** The language in which the server is to answer: the one on the screen. */
export function spokenLanguage(): string {
  return document.documentElement.lang.slice(0, 2) || 'en';
}

/** Shows the language of the profile, unless another one was chosen in this browser. */
export async function followProfile(language: string | undefined): Promise<void> {
  if (!isLanguage(language) || preferences.get('language') || i18n.locale === language) return;
  await activateLanguage(language);
}

/** Remembers the choice and applies it. */
export async function chooseLanguage(language: Language): Promise<void> {
  preferences.set('language', language);
  await activateLanguage(language);
}
