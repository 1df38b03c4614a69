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

const FORMATS = {
  time: { hour: '2-digit', minute: '2-digit' },
  clock: { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
  moment: { dateStyle: 'medium', timeStyle: 'short' },
} as const satisfies Record<string, Intl.DateTimeFormatOptions>;

const formats = new Map<string, Intl.DateTimeFormat>();

/** Making a format takes a thousand times as long as using it, and a screen of messages uses many. */
function format(language: Language, name: keyof typeof FORMATS, time: string | Date): string {
  const key = `${language} ${name}`;
  const known = formats.get(key) ?? new Intl.DateTimeFormat(language, FORMATS[name]);
  formats.set(key, known);
  return known.format(new Date(time));
}

export const formatTime = (language: Language, time: string | Date): string => format(language, 'time', time);

/** The time in as few letters as there are. */
export const formatClock = (language: Language, time: string): string => format(language, 'clock', time);

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

export const formatMoment = (language: Language, time: string): string => format(language, 'moment', time);
