import { expect, it } from 'vitest';
import { describeDevice } from './userAgent';

it('names browser and system', () => {
  const chrome = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36';
  const edge = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0';
  expect(describeDevice(chrome)).toBe('Chrome · Linux');
  expect(describeDevice(edge)).toBe('Edge · Windows');
  expect(describeDevice('curl/8.1')).toBe('curl/8.1');
  expect(describeDevice('')).toBe('');
});
