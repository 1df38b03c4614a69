/** Swipes between the panes of a narrow screen. */
import type { Attachment } from 'svelte/attachments';

export type Swipe = 'left' | 'right' | null;

const FAR_PX = 70;
const QUICK_MS = 600;

/** What a finger's way means: far enough, quick, and clearly to the side. */
export function swipeOf(dx: number, dy: number, ms: number): Swipe {
  if (ms > QUICK_MS || Math.abs(dx) < FAR_PX || Math.abs(dx) < 2 * Math.abs(dy)) return null;
  return dx > 0 ? 'right' : 'left';
}

/** Whether something under the finger scrolls sideways itself, or is written in. */
function isTaken(target: EventTarget | null): boolean {
  for (let at = target instanceof Element ? target : null; at; at = at.parentElement) {
    if (at.matches('input, textarea, select, [contenteditable], dialog')) return true;
    const scrolls = /auto|scroll/.test(getComputedStyle(at).overflowX);
    if (scrolls && at.scrollWidth > at.clientWidth + 1) return true;
  }
  return false;
}

export function onSwipe(handle: (swipe: 'left' | 'right') => void): Attachment<HTMLElement> {
  return (element) => {
    let start: { x: number; y: number; at: number } | null = null;
    const down = (event: TouchEvent) => {
      const [finger] = event.touches;
      const isOne = event.touches.length === 1 && finger && !isTaken(event.target);
      start = isOne ? { x: finger.clientX, y: finger.clientY, at: event.timeStamp } : null;
    };
    const up = (event: TouchEvent) => {
      const [finger] = event.changedTouches;
      if (!start || !finger || event.touches.length > 0) return;
      const swipe = swipeOf(finger.clientX - start.x, finger.clientY - start.y, event.timeStamp - start.at);
      start = null;
      // Somebody marks text.
      if (swipe && getSelection()?.isCollapsed !== false) handle(swipe);
    };
    element.addEventListener('touchstart', down, { passive: true });
    element.addEventListener('touchend', up, { passive: true });
    return () => {
      element.removeEventListener('touchstart', down);
      element.removeEventListener('touchend', up);
    };
  };
}
