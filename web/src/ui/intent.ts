import type { Attachment } from 'svelte/attachments';

/** A pointer that only passes by is gone sooner. */
const REST_MS = 60;

/** Tells that somebody is about to use an element: the pointer or the keyboard rests on it, or it is being pressed. */
export function onIntent(handle: () => void): Attachment<HTMLElement> {
  return (element) => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const ended = new AbortController();
    const options = { signal: ended.signal, passive: true };
    const leave = () => clearTimeout(timer);
    const rest = () => {
      leave();
      timer = setTimeout(handle, REST_MS);
    };
    element.addEventListener('pointerdown', handle, options);
    element.addEventListener('pointerenter', (event) => event.pointerType === 'mouse' && rest(), options);
    element.addEventListener('focus', rest, options);
    for (const type of ['pointerleave', 'blur']) element.addEventListener(type, leave, options);
    return () => {
      leave();
      ended.abort();
    };
  };
}
