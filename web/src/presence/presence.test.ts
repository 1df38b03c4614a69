import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { alice, bob } from '../testing/samples';
import { Presence } from './presence.svelte';
import { Typing, TypingSignal } from './typing.svelte';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('presence', () => {
  it('follows lists and changes', () => {
    const presence = new Presence();
    expect(presence.isOnline(bob.id, true)).toBe(true);
    presence.replace([{ ...bob, online_since: '2026-11-21T08:00:00.000Z' }]);
    expect(presence.isOnline(bob.id)).toBe(true);
    presence.update(bob, false, '2026-11-21T09:00:00.000Z');
    expect(presence.isOnline(bob.id, true)).toBe(false);
    presence.update(alice, true, '2026-11-21T09:00:00.000Z');
    presence.replace([]);
    expect(presence.isOnline(alice.id, true)).toBe(false);
  });
});

describe('typing', () => {
  it('shows others until they stop, or fall silent', () => {
    const typing = new Typing(alice.id);
    typing.update(1, bob, true);
    typing.update(1, alice, true);
    expect(typing.in(1)).toEqual([bob]);
    typing.update(1, bob, false);
    expect(typing.in(1)).toEqual([]);
    typing.update(1, bob, true);
    vi.advanceTimersByTime(60_000);
    expect(typing.in(1)).toEqual([]);
  });

  it('is told at once, repeated while it goes on, and ended by a pause or by leaving', () => {
    const told: string[] = [];
    const signal = new TypingSignal((event, room) => told.push(`${event} ${room}`));
    for (let i = 0; i < 8; i++) {
      signal.typed(1);
      vi.advanceTimersByTime(500);
    }
    expect(told).toEqual(['typing_start 1', 'typing_start 1']);
    vi.advanceTimersByTime(10_000);
    signal.typed(1);
    signal.typed(2);
    signal.stop();
    signal.stop();
    expect(told.slice(2)).toEqual(['typing_stop 1', 'typing_start 1', 'typing_stop 1', 'typing_start 2', 'typing_stop 2']);
  });
});
