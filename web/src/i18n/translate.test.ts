import { expect, it } from 'vitest';
import { CODES } from '../wire/types';
import { en } from './en';
import { chooseLanguage, formatDay, translate, type TextKey } from './translate';
import { zhCN } from './zh-CN';

const placeholders = (text: unknown) => [...new Set(JSON.stringify(text).match(/\{\w+\}/g) ?? [])].sort();

it('has every text in both languages, with the same values to fill in', () => {
  expect(Object.keys(zhCN)).toEqual(Object.keys(en));
  for (const key of Object.keys(en) as TextKey[]) {
    expect(placeholders(zhCN[key]), key).toEqual(placeholders(en[key]));
  }
});

it('has a text for every problem code', () => {
  for (const code of [...CODES, 'unreachable', 'unknown']) expect(en).toHaveProperty([`error.${code}`]);
});

it('fills in values and knows one from many', () => {
  expect(translate('en', 'rooms.members', { count: 1 })).toBe('1 member');
  expect(translate('en', 'rooms.members', { count: 1200 })).toBe('1,200 members');
  expect(translate('zh-CN', 'rooms.members', { count: 1 })).toBe('1 名成员');
  expect(translate('en', 'rooms.leave_sure', { room: '{count}' })).toBe('Leave “{count}”?');
});

it('takes the chosen language, then the browser’s, then English', () => {
  expect(chooseLanguage('en', ['zh-CN'])).toBe('en');
  expect(chooseLanguage(null, ['fr', 'zh-Hant-TW', 'en'])).toBe('zh-CN');
  expect(chooseLanguage(undefined, ['zhx', 'de'])).toBe('en');
});

it('names days as people do', () => {
  const now = new Date(2026, 10, 21, 0, 5);
  expect(formatDay('en', new Date(2026, 10, 21), now)).toBe('Today');
  expect(formatDay('zh-CN', new Date(2026, 10, 20, 23, 59), now)).toBe('昨天');
  expect(formatDay('en', new Date(2026, 10, 1), now)).toBe('Sunday, November 1');
  expect(formatDay('zh-CN', new Date(2025, 0, 2), now)).toContain('2025年1月2日');
});
