import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { onIntent } from './intent';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function link() {
  const element = new EventTarget() as HTMLElement;
  const told = vi.fn();
  const end = onIntent(told)(element) as () => void;
  const happens = (type: string, fields = {}) => element.dispatchEvent(Object.assign(new Event(type), fields));
  return { told, end, happens };
}

it('a pointer that rests, a key that stops there and a press are told; what passes by is not', () => {
  const { told, happens } = link();
  happens('pointerenter', { pointerType: 'mouse' });
  vi.advanceTimersByTime(20);
  happens('pointerleave');
  vi.advanceTimersByTime(1_000);
  expect(told).not.toHaveBeenCalled();
  happens('pointerenter', { pointerType: 'mouse' });
  vi.advanceTimersByTime(1_000);
  expect(told).toHaveBeenCalledTimes(1);
  happens('focus');
  vi.advanceTimersByTime(1_000);
  expect(told).toHaveBeenCalledTimes(2);
  happens('pointerdown', { pointerType: 'touch' });
  expect(told).toHaveBeenCalledTimes(3);
});

it('an element that is gone tells nothing', () => {
  const { told, end, happens } = link();
  happens('focus');
  end();
  happens('pointerdown');
  vi.advanceTimersByTime(1_000);
  expect(told).not.toHaveBeenCalled();
});
