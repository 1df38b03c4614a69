import { SvelteMap } from 'svelte/reactivity';
import { Problem } from '../wire/problem';
import type { Link } from '../wire/socket';
import type { Message, ReplyPreview, RoomId, SendMessage } from '../wire/types';

/** A message on its way. */
export interface Pending {
  clientId: string;
  roomId: RoomId;
  content: string;
  type: 'text' | 'markdown';
  replyTo: ReplyPreview | null;
  /** When it was written, by this device's clock. */
  writtenAt: number;
  state: 'sending' | 'failed';
  /** Why it failed; absent while it may still get through. */
  problem?: Problem;
}

export type Writing = Pick<Pending, 'roomId' | 'content' | 'type' | 'replyTo'>;

interface OutboxOptions {
  link: Pick<Link, 'ask'>;
  storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;
  /** Where unsent messages are kept over a reload. */
  storageKey: string;
  onPosted: (message: Message) => void;
  newId?: () => string;
  now?: () => number;
  later?: (run: () => void, ms: number) => void;
}

const RETRY_MS = 2_000;

/**
 * Messages written but not yet known to be stored. Each keeps its client id until then, so sending it again is safe:
 * the server stores one id once. A room's messages go out one after another, in the order of writing.
 */
export class Outbox {
  #rooms = new SvelteMap<RoomId, Pending[]>();
  #underway = new Set<RoomId>();
  #again = new Set<RoomId>();
  #options: Required<OutboxOptions>;

  constructor(options: OutboxOptions) {
    this.#options = {
      newId: () => crypto.randomUUID(),
      now: () => Date.now(),
      later: (run, ms) => void setTimeout(run, ms),
      ...options,
    };
    this.#restore();
  }

  of(room: RoomId): readonly Pending[] {
    return this.#rooms.get(room) ?? [];
  }

  send(writing: Writing): void {
    const { newId, now } = this.#options;
    const pending: Pending = { ...writing, clientId: newId(), writtenAt: now(), state: 'sending' };
    this.#set(writing.roomId, [...this.of(writing.roomId), pending]);
    void this.#flush(writing.roomId);
  }

  /** Tries a failed message again, under the same id. */
  retry(room: RoomId, clientId: string): void {
    this.#edit(room, clientId, ({ problem: _, ...pending }) => ({ ...pending, state: 'sending' }));
    void this.#flush(room);
  }

  discard(room: RoomId, clientId: string): void {
    this.#set(room, this.of(room).filter((pending) => pending.clientId !== clientId));
  }

  /** The connection is back. */
  resume(): void {
    for (const room of this.#rooms.keys()) {
      // An attempt over the old connection may not have failed yet.
      this.#again.add(room);
      void this.#flush(room);
    }
  }

  /** The log has a message of one's own: it is no longer on its way. */
  settle(room: RoomId, clientId: string | null | undefined): void {
    if (clientId && this.of(room).some((pending) => pending.clientId === clientId)) this.discard(room, clientId);
  }

  clear(): void {
    this.#rooms.clear();
    this.#options.storage.removeItem(this.#options.storageKey);
  }

  async #flush(room: RoomId): Promise<void> {
    if (this.#underway.has(room)) return;
    this.#underway.add(room);
    for (let next = this.#next(room); next; next = this.#next(room)) {
      const mayGoOn = await this.#deliver(next);
      if (!mayGoOn && !this.#again.delete(room)) break;
    }
    this.#again.delete(room);
    this.#underway.delete(room);
  }

  #next(room: RoomId): Pending | undefined {
    return this.of(room).find((pending) => pending.state === 'sending');
  }

  /** False where nothing more can be sent for now. */
  async #deliver(pending: Pending): Promise<boolean> {
    const { roomId, clientId } = pending;
    const message: SendMessage = {
      room_id: roomId,
      content: pending.content,
      message_type: pending.type,
      client_id: clientId,
      ...(pending.replyTo ? { reply_to: pending.replyTo.id } : {}),
    };
    try {
      const posted = await this.#options.link.ask('send_message', message);
      this.discard(roomId, clientId);
      this.#options.onPosted(posted.message);
      return true;
    } catch (thrown) {
      const problem = Problem.of(thrown);
      if (problem.isPassing) {
        const wait = problem.retryAfterMs ?? RETRY_MS;
        this.#options.later(() => void this.#flush(roomId), wait);
        return false;
      }
      this.#edit(roomId, clientId, (failed) => ({ ...failed, state: 'failed', problem }));
      return true;
    }
  }

  #edit(room: RoomId, clientId: string, edit: (pending: Pending) => Pending): void {
    this.#set(room, this.of(room).map((pending) => (pending.clientId === clientId ? edit(pending) : pending)));
  }

  #set(room: RoomId, list: Pending[]): void {
    if (list.length > 0) this.#rooms.set(room, list);
    else this.#rooms.delete(room);
    this.#keep();
  }

  #keep(): void {
    const { storage, storageKey } = this.#options;
    const all = [...this.#rooms.values()].flat().map(({ problem: _, ...pending }) => pending);
    if (all.length > 0) storage.setItem(storageKey, JSON.stringify(all));
    else storage.removeItem(storageKey);
  }

  #restore(): void {
    const { storage, storageKey } = this.#options;
    try {
      const kept = JSON.parse(storage.getItem(storageKey) ?? '[]') as Pending[];
      for (const pending of kept) this.#rooms.set(pending.roomId, [...this.of(pending.roomId), pending]);
    } catch {
      storage.removeItem(storageKey);
    }
  }
}
