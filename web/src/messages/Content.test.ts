// @vitest-environment happy-dom
import { flushSync, mount, unmount } from 'svelte';
import { afterEach, expect, it } from 'vitest';
import Content from './Content.svelte';

let shown: Record<string, unknown> | undefined;

function show(content: string, type = 'markdown'): HTMLElement {
  shown = mount(Content, { target: document.body, props: { content, type, isMentioned: (name) => name === 'bob' } });
  flushSync();
  return document.body;
}

afterEach(async () => {
  if (shown) await unmount(shown);
  document.body.replaceChildren();
});

it('shows markdown as elements and HTML as text', () => {
  const body = show('**bold** <img src=x onerror=alert(1)> <script>alert(2)</script>\n\n- [link](https://a.example) @bob');
  expect(body.querySelector('strong')?.textContent).toBe('bold');
  expect(body.querySelector('img, script')).toBeNull();
  expect(body.textContent).toContain('<img src=x onerror=alert(1)> <script>alert(2)</script>');
  const link = body.querySelector('li a');
  expect(link?.getAttribute('href')).toBe('https://a.example');
  expect(link?.getAttribute('rel')).toContain('noopener');
  expect(body.querySelector('.mention')?.textContent).toBe('@bob');
});

it('shows plain text letter by letter', () => {
  const body = show('  1. **not bold**\n\n\n<b>x</b>', 'text');
  expect(body.querySelector('.content')?.textContent).toBe('  1. **not bold**\n\n\n<b>x</b>');
  expect(body.querySelector('strong, b, ol')).toBeNull();
});
