import { describe, expect, it } from 'vitest';
import { hasMarkup, inOneLine, parseMarkdown, parseText, quoted, type Part } from './markdown';

const nobody = () => false;
const shown = (parts: Part[]): string =>
  parts
    .map((part) => {
      if ('parts' in part) return `<${part.type}${'url' in part ? ` ${part.url}` : ''}>${shown(part.parts)}</>`;
      return 'value' in part ? (part.type === 'text' ? part.value : `{${part.type}:${part.value}}`) : `{${part.type}}`;
    })
    .join('');
const markdown = (text: string) => shown(parseMarkdown(text, nobody));

describe('markdown', () => {
  it('knows emphasis, code, lists, quotations and links', () => {
    expect(markdown('**bold** *it* ~~gone~~ `x < y`')).toBe(
      '<paragraph><strong>bold</> <emphasis>it</> <delete>gone</> {code:x < y}</>',
    );
    expect(markdown('- 一\n- 二')).toBe('<list><item><paragraph>一</></><item><paragraph>二</></></>');
    expect(markdown('> said')).toBe('<quote><paragraph>said</></>');
    expect(markdown('```js\nlet a;\n```')).toBe('{codeblock:let a;}');
    expect(markdown('[here](https://a.example/x)')).toBe('<paragraph><link https://a.example/x>here</></>');
    expect(markdown('see https://a.example.')).toBe('<paragraph>see <link https://a.example>https://a.example</>.</>');
  });

  it('never becomes HTML, a script or a request', () => {
    expect(markdown('<img src=x onerror=alert(1)>')).toBe('<paragraph><img src=x onerror=alert(1)></>');
    expect(markdown('[x](javascript:alert(1))')).toBe('<paragraph>x</>');
    expect(markdown('[x](data:text/html,hi)')).toBe('<paragraph>x</>');
    expect(markdown('![cat](https://a.example/c.png)')).toBe('<paragraph><link https://a.example/c.png>cat</></>');
    expect(markdown('&lt;b&gt; \\*')).toBe('<paragraph><b> *</>');
  });

  it('says where a link leads that reads as another address', () => {
    expect(markdown('[https://bank.example/in](https://evil.example/in)')).toBe(
      '<paragraph><link https://evil.example/in>https://bank.example/in</> (evil.example)</>',
    );
    expect(markdown('[www.a.example](https://a.example)')).toBe('<paragraph><link https://a.example>www.a.example</></>');
    expect(markdown('[https://a.example@evil.example](https://evil.example)')).toContain('(evil.example)');
  });

  it('is told in one line, without its signs', () => {
    expect(inOneLine('# Plan\n\n- **one**\n- [two](https://a.example) `x`\n\n> said', 'markdown')).toBe('Plan one two x said');
    expect(inOneLine('2 ** 3\n**not bold**', 'text')).toBe('2 ** 3 **not bold**');
    expect(quoted('see **the first of ma', 'markdown')).toBe('see the first of ma');
    expect(quoted('2 ** 3 and `x`', 'markdown')).toBe('2 ** 3 and x');
    expect(quoted('**kept', 'text')).toBe('**kept');
  });

  it('shows text as it was written, addresses aside', () => {
    const text = '  2 * 3 * 4\n<b>（见 https://a.example/路?q=1）。';
    expect(shown(parseText(text, nobody))).toBe(
      '  2 * 3 * 4\n<b>（见 <link https://a.example/路?q=1>https://a.example/路?q=1</>）。',
    );
  });

  it('marks mentions', () => {
    const parts = parseText('@bob and @nobody', (name) => name === 'bob');
    expect(shown(parts)).toBe('{mention:@bob} and @nobody');
  });

  it('is told from plain text', () => {
    for (const plain of ['hello', '2 * 3 * 4', 'a_b_c', '你好\n世界', 'see https://a.example', 'a < b && c', 'C:\\dir']) {
      expect(hasMarkup(plain), plain).toBe(false);
    }
    for (const marked of ['**b**', '- a\n- b', '`x`', '> q', '[a](https://b.example)', '&amp;', '\\*', '# t']) {
      expect(hasMarkup(marked), marked).toBe(true);
    }
  });
});
