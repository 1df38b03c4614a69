// @vitest-environment happy-dom
import { flushSync, mount, unmount } from 'svelte';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import ComposerStand from '../testing/ComposerStand.svelte';
import { fakeHttp, fakeLink, memoryStorage } from '../testing/fakes';
import { bob, me, member, room } from '../testing/samples';
import { Workspace } from '../workspace.svelte';

let shown: Record<string, unknown> | undefined;

async function writing(fields: Parameters<typeof room>[0] = {}) {
  const http = fakeHttp();
  const link = fakeLink();
  const workspace = new Workspace({
    http,
    me,
    connect: () => link,
    local: memoryStorage(),
    tab: memoryStorage(),
    onRefused: () => {},
    onRemoved: () => {},
  });
  workspace.rooms.put(room(fields));
  http.answer('GET rooms/1/messages?limit=50', { items: [], next: null, last_seq: 10 });
  http.answer('GET rooms/1/members?limit=200', { items: [member(bob)], next: null });
  shown = mount(ComposerStand, { target: document.body, props: { workspace, room: room(fields) } });
  flushSync();
  await vi.waitFor(() => expect(workspace.members(1).loaded).toBe(true));
  const box = document.querySelector('textarea');
  const type = (text: string) => {
    if (!box) throw new Error('there is no box to write in');
    box.value = text;
    box.setSelectionRange(text.length, text.length);
    box.dispatchEvent(new Event('input', { bubbles: true }));
    flushSync();
  };
  const press = (key: string, more: KeyboardEventInit = {}) => {
    box?.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...more }));
    flushSync();
  };
  const sent = () => link.all('send_message').map(({ payload }) => [payload.content, payload.message_type]);
  return { workspace, link, box, type, press, sent };
}

beforeEach(() => void vi.stubGlobal('matchMedia', () => ({ matches: false })));
afterEach(async () => {
  if (shown) await unmount(shown);
  document.body.replaceChildren();
  vi.unstubAllGlobals();
});

describe('the box one writes in', () => {
  it('sends with Enter, as plain text or Markdown, and empties itself', async () => {
    const { type, press, sent, box } = await writing();
    type('  hello 2 * 3\nworld ');
    press('Enter', { shiftKey: true });
    expect(sent()).toEqual([]);
    press('Enter');
    expect(sent()).toEqual([['hello 2 * 3\nworld', 'text']]);
    expect(box?.value).toBe('');
  });

  it('never sends half a word while an input method composes', async () => {
    const { type, press, sent, box } = await writing();
    type('ni');
    press('Enter', { isComposing: true });
    press('Enter', { keyCode: 229 } as KeyboardEventInit);
    expect(sent()).toEqual([]);
    type('你好');
    press('Enter');
    expect(sent()).toEqual([['你好', 'text']]);
    expect(box?.value).toBe('');
  });

  it('keeps what is unsent as the room’s draft, and tells the others of typing', async () => {
    const { type, workspace, link } = await writing();
    type('half a thought');
    expect(workspace.drafts.of(1)).toBe('half a thought');
    expect(link.all('typing_start')).toHaveLength(1);
    type('');
    expect(workspace.drafts.of(1)).toBe('');
    expect(link.all('typing_stop')).toHaveLength(1);
  });

  it('completes names by keyboard', async () => {
    const { type, press, box, sent } = await writing();
    type('hi @小');
    expect(document.querySelector('[role=option][aria-selected=true]')?.textContent).toContain('小明');
    press('Enter');
    expect(box?.value).toBe('hi @bob ');
    press('Enter');
    expect(sent()).toEqual([['hi @bob', 'text']]);
  });

  it('lets Enter send where a name is complete already', async () => {
    const { type, press, sent } = await writing();
    type('hi @bob');
    expect(document.querySelector('[role=option]')).toBeNull();
    press('Enter');
    expect(sent()).toEqual([['hi @bob', 'text']]);
  });

  it('sends nothing empty or too long', async () => {
    const { type, press, sent } = await writing();
    type('   ');
    press('Enter');
    type('字'.repeat(4001));
    press('Enter');
    expect(sent()).toEqual([]);
    expect(document.querySelector('[role=alert]')?.textContent).toContain('1');
  });

  it('is closed to whoever is muted', async () => {
    const membership = { ...room().membership!, muted_until: '9999-12-31T00:00:00.000Z' };
    const { box } = await writing({ membership });
    expect(box).toBeNull();
    expect(document.querySelector('[role=status]')).not.toBeNull();
  });
});
