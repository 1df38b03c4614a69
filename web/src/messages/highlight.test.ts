import { expect, it } from 'vitest';
import { highlight } from './highlight';

it('tells the parts of code apart and loses nothing of it', async () => {
  const code = 'const a = "<b>"; // 注释\n';
  const tokens = await highlight(code, 'js');
  expect(tokens?.map(({ value }) => value).join('')).toBe(code);
  expect(tokens?.find(({ value }) => value === 'const')?.kind).toBe('keyword');
  expect(tokens?.find(({ value }) => value === '"<b>"')?.kind).toBe('string');
  expect(tokens?.find(({ value }) => value.includes('注释'))?.kind).toBe('comment');
});

it('keeps the kind of what is inside of something else', async () => {
  const tokens = await highlight('`a ${b} c`', 'typescript');
  expect(tokens?.map(({ value }) => value).join('')).toBe('`a ${b} c`');
  expect(tokens?.find(({ value }) => value.includes('${'))?.kind).toBe('subst');
});

it('leaves languages alone that it does not know', async () => {
  expect(await highlight('hello', 'klingon')).toBeNull();
});
