import { tick, untrack } from 'svelte';
import type { Member, Message, MessageId, RoomId, Seq, UserId } from '../wire/types';
import type { Workspace } from '../workspace.svelte';
import { loadMessage } from './api';
import type { Timeline } from './timeline.svelte';
import { View } from './view.svelte';

/** Fewer unread messages than this are on the newest page. */
const FEW = 40;

/** What stands open beside a message. */
export interface OpenTools {
  seq: Seq;
  what: 'menu' | 'picker';
}

/** What one is doing in the room that is open: reading, answering, editing, looking at a place. */
export class Conversation {
  readonly view = new View(() => this.timeline.items);
  replyTo = $state.raw<Message | null>(null);
  editing = $state<MessageId | null>(null);
  /** A message that was jumped to. */
  highlighted = $state<Seq | null>(null);
  /** The message under the pointer, or touched last. */
  hovered = $state<Seq | null>(null);
  /** The message that the keyboard is at. */
  focused = $state<Seq | null>(null);
  tools = $state.raw<OpenTools | null>(null);
  /** What was read when the room was opened; `null` where that was everything. */
  readonly unreadAfter: Seq | null;
  #unread: number;
  #names = $derived.by(() => new Set(this.workspace.members(this.roomId).all.map((member) => fold(member.username))));

  /** `at` is a place to show at first, instead of where one left off. */
  constructor(
    private readonly workspace: Workspace,
    readonly roomId: RoomId,
    at: Seq | null = null,
  ) {
    const membership = untrack(() => workspace.rooms.membership(roomId));
    this.#unread = membership?.unread_count ?? 0;
    this.unreadAfter = membership && this.#unread > 0 ? membership.last_read_seq : null;
    untrack(() => this.#load(at));
  }

  get timeline(): Timeline {
    return this.workspace.timeline(this.roomId);
  }

  isMentioned = (name: string): boolean => this.#names.has(fold(name));

  isBlocked = (user: UserId): boolean => this.workspace.friends.isBlocked(user);

  /** The member of a name that is mentioned. */
  named(name: string): Member | undefined {
    return this.workspace.members(this.roomId).all.find((member) => fold(member.username) === fold(name));
  }

  /** Who is named in a text at the place that was pressed. */
  pressedMention(target: EventTarget | null): Member | undefined {
    const pressed = target instanceof Element ? target.closest<HTMLElement>('[data-mention]') : null;
    return pressed ? this.named(pressed.dataset.mention ?? '') : undefined;
  }

  /** Shows a place, wherever it is. */
  async jumpTo(seq: Seq): Promise<void> {
    await this.timeline.loadAround(seq);
    this.view.showAround(seq);
    this.#highlight(seq);
  }

  /** Shows a message that is answered, wherever it is. */
  async jumpToAnswered(id: MessageId): Promise<void> {
    const known = this.timeline.items.find((message) => message.id === id);
    const { seq } = known ?? (await loadMessage(this.workspace.http, id));
    await this.jumpTo(seq);
  }

  /** Shows the newest messages and follows what is said. */
  async toPresent(): Promise<void> {
    this.highlighted = null;
    const { timeline } = this;
    if (!timeline.reachesPresent && timeline.loading !== 'latest') await timeline.loadLatest();
    this.view.showEnd();
  }

  /** Opens one's last message for editing, where there is one at hand. */
  editLast(): void {
    const last = this.timeline.items.findLast((message) => message.user_id === this.workspace.me && canChange(message));
    if (!last) return;
    this.view.showAround(last.seq);
    this.editing = last.id;
  }

  /** Anew, where it was highlighted before. */
  #highlight(seq: Seq): void {
    this.highlighted = null;
    void tick().then(() => (this.highlighted = seq));
  }

  #load(at: Seq | null): void {
    if (at !== null) void this.jumpTo(at);
    else void this.#resume();
    const members = this.workspace.members(this.roomId);
    if (!members.loaded && !members.loading) void members.load();
  }

  /** Goes on reading at the first message that is new. */
  async #resume(): Promise<void> {
    const { timeline, unreadAfter } = this;
    if (unreadAfter !== null && this.#unread > FEW) await timeline.loadAround(unreadAfter);
    else if (timeline.items.length === 0 || !timeline.reachesPresent) await timeline.loadLatest();
    if (unreadAfter !== null) this.view.showAround(unreadAfter + 1);
  }
}

/** Whether there is anything to change about a message. */
export const canChange = (message: Message): boolean => !message.is_deleted && message.message_type !== 'system';

const fold = (name: string) => name.normalize('NFKC').toLocaleLowerCase();
