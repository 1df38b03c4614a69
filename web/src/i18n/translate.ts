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

/** Making what knows a language takes a thousand times as long as using it, and a screen of messages uses it often. */
const made = new Map<string, unknown>();
function once<T>(key: string, make: () => T): T {
  if (!made.has(key)) made.set(key, make());
  return made.get(key) as T;
}

const plurals = (language: Language) => once(`${language} plural`, () => new Intl.PluralRules(language));

function pluralForm(language: Language, count: unknown): 'one' | 'other' {
  return plurals(language).select(Number(count)) === 'one' ? 'one' : 'other';
}

/** The language to use: a choice, or the first of the browser's that there is. */
export function chooseLanguage(chosen: string | null | undefined, browser: readonly string[]): Language {
  for (const tag of [chosen ?? '', ...browser]) {
    if (/^zh\b/i.test(tag)) return 'zh-CN';
    if (/^en\b/i.test(tag)) return 'en';
  }
  return 'en';
}

const FORMATS = {
  time: { hour: '2-digit', minute: '2-digit' },
  clock: { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
  moment: { dateStyle: 'medium', timeStyle: 'short' },
  day: { weekday: 'long', day: 'numeric', month: 'long' },
  dayOfYear: { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' },
} as const satisfies Record<string, Intl.DateTimeFormatOptions>;

type FormatName = keyof typeof FORMATS;

const formatOf = (language: Language, name: FormatName) =>
  once(`${language} ${name}`, () => new Intl.DateTimeFormat(language, FORMATS[name]));

const format = (language: Language, name: FormatName, time: string | Date) =>
  formatOf(language, name).format(new Date(time));

const near = (language: Language) =>
  once(`${language} near`, () => new Intl.RelativeTimeFormat(language, { numeric: 'auto' }));

/** Makes what texts and dates of a language need, before it is needed. */
export function makeFormats(language: Language): void {
  for (const name of Object.keys(FORMATS) as FormatName[]) formatOf(language, name);
  plurals(language);
  near(language);
}

export const formatTime = (language: Language, time: string | Date): string => format(language, 'time', time);

/** The time in as few letters as there are. */
export const formatClock = (language: Language, time: string): string => format(language, 'clock', time);

/** A day; today and yesterday by those names. */
export function formatDay(language: Language, day: Date, now = new Date()): string {
  const midnight = (date: Date) => new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
  const ago = Math.round((midnight(now) - midnight(day)) / 86_400_000);
  if (ago === 0 || ago === 1) {
    const name = near(language).format(-ago, 'day');
    return name.charAt(0).toLocaleUpperCase(language) + name.slice(1);
  }
  return format(language, day.getFullYear() === now.getFullYear() ? 'day' : 'dayOfYear', day);
}

export const formatMoment = (language: Language, time: string): string => format(language, 'moment', time);
