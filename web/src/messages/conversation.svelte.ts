import { tick, untrack } from 'svelte';
import type { Member, Membership, Message, MessageId, RoomId, Seq, UserId } from '../wire/types';
import type { Workspace } from '../workspace.svelte';
import { loadMessage } from './api';
import type { Timeline } from './timeline.svelte';
import { View } from './view.svelte';

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
  /** What is to be seen first has been chosen. */
  placed = $state(false);
  /** What was read when the room was opened; `null` where that was everything. */
  readonly unreadAfter: Seq | null;
  #names = $derived.by(() => new Set(this.workspace.members(this.roomId).all.map((member) => fold(member.username))));

  /** `at` is a place to show at first, instead of where one left off. */
  constructor(
    private readonly workspace: Workspace,
    readonly roomId: RoomId,
    at: Seq | null = null,
  ) {
    const membership = untrack(() => workspace.rooms.membership(roomId));
    this.unreadAfter = membership && membership.unread_count > 0 ? membership.last_read_seq : null;
    untrack(() => this.#load(at, membership));
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

  #load(at: Seq | null, membership: Membership | null): void {
    // The members wait: who is mentioned matters once there is something to read.
    void (at === null ? this.#resume(membership) : this.jumpTo(at)).then(() => {
      this.placed = true;
      const members = this.workspace.members(this.roomId);
      if (!members.loaded && !members.loading) void members.load();
    });
  }

  /** Goes on reading at the first message that is new. */
  async #resume(membership: Membership | null): Promise<void> {
    await this.timeline.open(membership);
    if (this.unreadAfter !== null) this.view.showAround(this.unreadAfter + 1);
  }
}

/** Whether there is anything to change about a message. */
export const canChange = (message: Message): boolean => !message.is_deleted && message.message_type !== 'system';

const fold = (name: string) => name.normalize('NFKC').toLocaleLowerCase();
