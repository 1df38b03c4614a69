import { tick, untrack } from 'svelte';
import type { Message, MessageId, RoomId, Seq } from '../wire/types';
import type { Workspace } from '../workspace.svelte';
import { loadMessage } from './api';
import type { Timeline } from './timeline.svelte';

/** What one is doing in the room that is open: answering, editing, looking at a place. */
export class Conversation {
  replyTo = $state.raw<Message | null>(null);
  editing = $state<MessageId | null>(null);
  /** A message that was jumped to. */
  highlighted = $state<Seq | null>(null);
  /** What was read when the room was opened; `null` where that was everything. */
  readonly unreadAfter: Seq | null;
  #names = $derived.by(() => new Set(this.workspace.members(this.roomId).all.map((member) => fold(member.username))));

  constructor(
    private readonly workspace: Workspace,
    readonly roomId: RoomId,
  ) {
    const membership = untrack(() => workspace.rooms.membership(roomId));
    this.unreadAfter = membership && membership.unread_count > 0 ? membership.last_read_seq : null;
    untrack(() => this.#load());
  }

  get timeline(): Timeline {
    return this.workspace.timeline(this.roomId);
  }

  isMentioned = (name: string): boolean => this.#names.has(fold(name));

  async jumpTo(seq: Seq): Promise<void> {
    await this.timeline.loadAround(seq);
    this.#highlight(seq);
  }

  /** Shows a message that is answered, wherever it is. */
  async jumpToAnswered(id: MessageId): Promise<void> {
    const known = this.timeline.items.find((message) => message.id === id);
    const { seq } = known ?? (await loadMessage(this.workspace.http, id));
    await this.jumpTo(seq);
  }

  /** Opens one's last message for editing, where there is one at hand. */
  editLast(): void {
    const last = this.timeline.items.findLast(
      (message) => message.user_id === this.workspace.me && !message.is_deleted && message.message_type !== 'system',
    );
    if (last) this.editing = last.id;
  }

  /** Anew, where it was highlighted before. */
  #highlight(seq: Seq): void {
    this.highlighted = null;
    void tick().then(() => (this.highlighted = seq));
  }

  #load(): void {
    const { timeline } = this;
    if (timeline.items.length === 0 || !timeline.reachesPresent) void timeline.loadLatest();
    const members = this.workspace.members(this.roomId);
    if (!members.loaded && !members.loading) void members.load();
  }
}

const fold = (name: string) => name.normalize('NFKC').toLocaleLowerCase();
