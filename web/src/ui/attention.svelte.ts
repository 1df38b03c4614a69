/** Whether somebody is looking at this page: it is in sight and has the keyboard. */
export class Attention {
  #held = $state(holds());

  get held(): boolean {
    return this.#held;
  }

  /** Follows what changes, until the answer is called; what has changed since this was made is noticed at once. */
  watch(): () => void {
    const look = () => void (this.#held = holds());
    const events: [EventTarget, string][] = [
      [window, 'focus'],
      [window, 'blur'],
      [document, 'visibilitychange'],
    ];
    for (const [target, event] of events) target.addEventListener(event, look);
    look();
    return () => {
      for (const [target, event] of events) target.removeEventListener(event, look);
    };
  }
}

function holds(): boolean {
  return document.hasFocus() && document.visibilityState === 'visible';
}
