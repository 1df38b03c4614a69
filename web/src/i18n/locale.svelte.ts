import type { Problem } from '../wire/problem';
import type { Language } from '../wire/types';
import { formatBytes } from './bytes';
import { chooseLanguage, formatClock, formatDay, formatMoment, formatTime, translate, type TextKey, type Values } from './translate';

const STORAGE_KEY = 'parlor.language';

/** Which language this browser shows. One for the whole page, so it may be imported from anywhere. */
class Locale {
  #chosen = $state<string | null>(globalThis.localStorage?.getItem(STORAGE_KEY) ?? null);
  language: Language = $derived(chooseLanguage(this.#chosen, globalThis.navigator?.languages ?? []));

  get chosen(): Language | null {
    return this.#chosen === null ? null : chooseLanguage(this.#chosen, []);
  }

  /** `null` follows the browser. */
  choose(language: string | null): void {
    this.#chosen = language;
    if (language === null) localStorage.removeItem(STORAGE_KEY);
    else localStorage.setItem(STORAGE_KEY, language);
  }
}

export const locale = new Locale();

export const t = (key: TextKey, values?: Values): string => translate(locale.language, key, values);
export const explain = (problem: Pick<Problem, 'code'>): string => t(`error.${problem.code}`);
export const time = (value: string | Date): string => formatTime(locale.language, value);
export const clock = (value: string): string => formatClock(locale.language, value);
export const day = (value: Date): string => formatDay(locale.language, value);
export const moment = (value: string): string => formatMoment(locale.language, value);
export const bytes = (value: number): string => formatBytes(value, locale.language);
