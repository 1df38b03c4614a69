// @vitest-environment happy-dom
/** Texts that are meant to harm whoever reads them: as code, by their size, or by the work they make. */
import { flushSync, mount, unmount } from 'svelte';
import { describe, expect, it } from 'vitest';
import { fill, LONGEST, TANGLES } from '../testing/tangles';
import Content from './Content.svelte';
import { hasMarkup, isTangled, parseMarkdown, parseText, type Part } from './markdown';

const nobody = () => false;

describe('size', () => {
  it('M4 M5 makes no more of a text than there is in it', () => {
    const size = (parts: readonly Part[]): number => parts.reduce((sum, part) => sum + 1 + ('parts' in part ? size(part.parts) : 0), 0);
    const depth = (parts: readonly Part[]): number =>
      parts.reduce((deepest, part) => Math.max(deepest, 'parts' in part ? 1 + depth(part.parts) : 0), 0);
    for (const pattern of TANGLES) {
      for (const parts of [parseMarkdown(fill(pattern), nobody), parseText(fill(pattern), nobody)]) {
        expect(size(parts), pattern).toBeLessThanOrEqual(LONGEST);
        expect(depth(parts), pattern).toBeLessThanOrEqual(100);
      }
    }
    const table = `|${fill('a|')}\n|${fill('-|')}`.slice(0, LONGEST);
    expect(size(parseMarkdown(table, nobody))).toBeLessThan(10);
  }, 60_000);

  it('M4 shows what is too tangled as it was written, and leaves what people write alone', () => {
    for (const tangle of ['>', '1. ', '*_', '[', '- ']) {
      const text = fill(tangle);
      expect(isTangled(text), tangle).toBe(true);
      expect(parseMarkdown(text, nobody)).toEqual([{ type: 'paragraph', parts: [{ type: 'text', value: text }] }]);
      expect(hasMarkup(text)).toBe(false);
    }
    const minutes = '- **Done**: [a](https://a.example) and *b*\n> said `x`\n\n'.repeat(40);
    expect(isTangled(minutes)).toBe(false);
  });
});

/** From the literature on mutation: what looks harmless as text, and becomes something else when it is parsed again. */
const MUTANTS = [
  '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">',
  '<svg></p><style><a id="</style><img src=1 onerror=alert(1)>">',
  '<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>',
  '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
  '<textarea><img title="</textarea><img src=x onerror=alert(1)>">',
  '<template><s><template><s><img src=x onerror=alert(1)>@shafigullin</s></template></s></template>',
  '<svg onload=alert(1)><!DOCTYPE x><![CDATA[<img src=x onerror=alert(1)>]]>',
  '&lt;img src=x onerror=alert(1)&gt; &#60;script&#62;alert(1)&#60;/script&#62;',
  '**<b**><img src=x onerror=alert(1)>',
  '`<img src=x onerror=alert(1)>` ```<script>alert(1)</script>```',
  '```html\n</code></pre><img src=x onerror=alert(1)>\n```',
  '[<img src=x onerror=alert(1)>](https://a.example/"onmouseover="alert(1))',
  '![" onerror="alert(1)](https://a.example/x.png "onload=alert(1)")',
  '<a href="java\tscript:alert(1)">x</a> [x](java\tscript:alert(1)) [x](&#106;avascript:alert(1)) [x](JAVASCRIPT:alert(1))',
  '[x](data:text/html;base64,PHNjcmlwdD4=) [x](vbscript:x) [x](blob:https://a.example/x) [x](//a.example) <javascript:alert(1)>',
];

describe('markup', () => {
  const HARMLESS = ['P', 'STRONG', 'EM', 'DEL', 'CODE', 'PRE', 'A', 'OL', 'UL', 'LI', 'BLOCKQUOTE', 'SPAN', 'BR', 'HR', 'DIV', 'BUTTON', 'SVG', 'PATH'];

  function shown(content: string): string {
    const target = document.createElement('div');
    const component = mount(Content, { target, props: { content, type: 'markdown', isMentioned: nobody } });
    flushSync();
    const html = target.innerHTML;
    void unmount(component);
    return html;
  }

  it('M1 M2 M3 M6 is never made by a message, and is the same when it is parsed again', () => {
    for (const mutant of MUTANTS) {
      const html = shown(mutant);
      const again = document.createElement('div');
      again.innerHTML = html;
      expect(again.innerHTML, mutant).toBe(html);
      for (const element of again.querySelectorAll('*')) {
        expect(HARMLESS, mutant).toContain(element.tagName.toUpperCase());
        const names = element.getAttributeNames();
        expect(names.filter((name) => name.startsWith('on') || name === 'src' || name === 'style'), mutant).toEqual([]);
        const address = element.getAttribute('href');
        if (address !== null) expect(address, mutant).toMatch(/^(https?:|mailto:)/);
      }
    }
  });
});
