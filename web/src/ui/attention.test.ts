// @vitest-environment happy-dom
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Attention } from './attention.svelte';

const focus = vi.spyOn(document, 'hasFocus');
afterEach(() => focus.mockReset());

describe('whether somebody is looking', () => {
  it('follows the page', () => {
    focus.mockReturnValue(true);
    const attention = new Attention();
    const stop = attention.watch();
    expect(attention.held).toBe(true);
    focus.mockReturnValue(false);
    window.dispatchEvent(new Event('blur'));
    expect(attention.held).toBe(false);
    stop();
    focus.mockReturnValue(true);
    window.dispatchEvent(new Event('focus'));
    expect(attention.held).toBe(false);
  });

  it('does not miss who came before it was followed', () => {
    focus.mockReturnValue(false);
    const attention = new Attention();
    focus.mockReturnValue(true);
    window.dispatchEvent(new Event('focus'));
    const stop = attention.watch();
    expect(attention.held).toBe(true);
    stop();
  });
});
