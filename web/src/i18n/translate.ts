/** Texts and dates in the language of whoever reads. Pure; `locale.svelte.ts` holds which language that is. */
import type { Language } from '../wire/types';
import { en } from './en';
import { zhCN } from './zh-CN';

export type TextKey = keyof typeof en;
type Text = string | { one: string; other: string };
export type Catalogue = Record<TextKey, Text>;
export type Values = Record<string, string | number>;

const CATALOGUES: Record<Language, Catalogue> = { en, 'zh-CN': zhCN };

export function translate(language: Language, key: TextKey, values: Values = {}): string {
  const text: Text = CATALOGUES[language][key];
  const form = typeof text === 'string' ? text : text[pluralForm(language, values.count)];
  return form.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = values[name];
    return typeof value === 'number' ? value.toLocaleString(language) : (value ?? whole);
  });
}

function pluralForm(language: Language, count: unknown): 'one' | 'other' {
  return new Intl.PluralRules(language).select(Number(count)) === 'one' ? 'one' : 'other';
}

/** The language to use: a choice, or the first of the browser's that there is. */
export function chooseLanguage(chosen: string | null | undefined, browser: readonly string[]): Language {
  for (const tag of [chosen ?? '', ...browser]) {
    if (/^zh\b/i.test(tag)) return 'zh-CN';
    if (/^en\b/i.test(tag)) return 'en';
  }
  return 'en';
}

export function formatTime(language: Language, time: string | Date): string {
  return new Date(time).toLocaleTimeString(language, { hour: '2-digit', minute: '2-digit' });
}

/** The time in as few letters as there are. */
export function formatClock(language: Language, time: string): string {
  return new Date(time).toLocaleTimeString(language, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
}

/** A day; today and yesterday by those names. */
export function formatDay(language: Language, day: Date, now = new Date()): string {
  const midnight = (date: Date) => new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
  const ago = Math.round((midnight(now) - midnight(day)) / 86_400_000);
  if (ago === 0 || ago === 1) {
    const name = new Intl.RelativeTimeFormat(language, { numeric: 'auto' }).format(-ago, 'day');
    return name.charAt(0).toLocaleUpperCase(language) + name.slice(1);
  }
  const year = day.getFullYear() === now.getFullYear() ? {} : ({ year: 'numeric' } as const);
  return day.toLocaleDateString(language, { weekday: 'long', day: 'numeric', month: 'long', ...year });
}

export function formatMoment(language: Language, time: string): string {
  return new Date(time).toLocaleString(language, { dateStyle: 'medium', timeStyle: 'short' });
}
