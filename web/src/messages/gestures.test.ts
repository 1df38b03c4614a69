// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { drawnBy, gestures } from './gestures';

function touched() {
  document.body.innerHTML = '<div><article data-seq="7"><p>hi</p><button>b</button></article></div>';
  const list = document.querySelector('div')!;
  const told: string[] = [];
  gestures({
    onlong: (row) => told.push(`long ${row.dataset.seq}`),
    ondrawn: (row) => told.push(`drawn ${row.dataset.seq}`),
  })(list);
  const touch = (type: string, x: number, y = 0, on = 'p', pointerType = 'touch') =>
    document.querySelector(on)!.dispatchEvent(
      new PointerEvent(type, { clientX: x, clientY: y, pointerType, isPrimary: true, bubbles: true }),
    );
  return { told, touch };
}

describe('fingers on a message', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('open its menu by pressing long, unless they move or touch a button', () => {
    const { told, touch } = touched();
    touch('pointerdown', 10);
    touch('pointermove', 14);
    vi.advanceTimersByTime(600);
    expect(told).toEqual(['long 7']);
    touch('pointerup', 10);
    touch('pointerdown', 10);
    touch('pointermove', 10, 40);
    vi.advanceTimersByTime(600);
    touch('pointerdown', 10, 0, 'button');
    touch('pointerdown', 10, 0, 'p', 'mouse');
    vi.advanceTimersByTime(600);
    expect(told).toEqual(['long 7']);
  });

  it('answer it by drawing it aside, but not by scrolling or drawing it a little', () => {
    const { told, touch } = touched();
    touch('pointerdown', 100);
    touch('pointermove', 30);
    touch('pointerup', 30);
    expect(told).toEqual(['drawn 7']);
    for (const [x, y] of [[70, 0], [50, 90], [180, 0]] as const) {
      touch('pointerdown', 100);
      touch('pointermove', x, y);
      touch('pointerup', x, y);
    }
    touch('pointerdown', 100);
    touch('pointermove', 20);
    touch('pointercancel', 20);
    touch('pointerup', 20);
    expect(told).toEqual(['drawn 7']);
  });

  it('move it along with them, ever less, and never to the right', () => {
    expect([drawnBy(20), drawnBy(-30), drawnBy(-56), drawnBy(-500)]).toEqual([0, -30, -56, -80]);
  });
});
