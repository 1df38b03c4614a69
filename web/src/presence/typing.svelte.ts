import { SvelteMap } from 'svelte/reactivity';
import type { RoomId, UserBrief, UserId } from '../wire/types';

/** Longer than the server's own limit, in case the event that ends it is lost. */
const FORGET_MS = 10_000;
/** How often a start is repeated while one goes on typing, and after which pause it ends. */
const REPEAT_MS = 3_000;
const PAUSE_MS = 5_000;

/** Who is typing in which room. */
export class Typing {
  #rooms = new SvelteMap<RoomId, readonly UserBrief[]>();
  #timers = new Map<string, ReturnType<typeof setTimeout>>();

  constructor(private readonly me: UserId) {}

  in(room: RoomId): readonly UserBrief[] {
    return this.#rooms.get(room) ?? [];
  }

  update(room: RoomId, user: UserBrief, typing: boolean): void {
    if (user.id === this.me) return;
    const key = `${room}/${user.id}`;
    clearTimeout(this.#timers.get(key));
    this.#timers.delete(key);
    const others = this.in(room).filter((other) => other.id !== user.id);
    this.#rooms.set(room, typing ? [...others, user] : others);
    if (typing) this.#timers.set(key, setTimeout(() => this.update(room, user, false), FORGET_MS));
  }

  clear(): void {
    this.#timers.forEach((timer) => clearTimeout(timer));
    this.#timers.clear();
    this.#rooms.clear();
  }
}

/** Tells the others that one is typing: at once, again while it goes on, and when it ends. */
export class TypingSignal {
  #room: RoomId | null = null;
  #toldAt = 0;
  #pause: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly tell: (event: 'typing_start' | 'typing_stop', room: RoomId) => void) {}

  typed(room: RoomId): void {
    if (this.#room !== null && this.#room !== room) this.stop();
    const now = Date.now();
    if (this.#room === null || now - this.#toldAt >= REPEAT_MS) {
      this.tell('typing_start', room);
      this.#toldAt = now;
    }
    this.#room = room;
    clearTimeout(this.#pause);
    this.#pause = setTimeout(() => this.stop(), PAUSE_MS);
  }

  stop(): void {
    clearTimeout(this.#pause);
    if (this.#room !== null) this.tell('typing_stop', this.#room);
    this.#room = null;
  }
}
