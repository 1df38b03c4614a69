import type { Client } from '../client.svelte';
import { t } from '../i18n/locale.svelte';
import { messagePath } from '../router/routes';
import type { Message } from '../wire/types';
import type { Workspace } from '../workspace.svelte';
import { addReaction, pin, removeReaction, restore, unpin } from './api';
import type { Conversation } from './conversation.svelte';

/** What can be done with a message in the list. */
export interface Actions {
  react(message: Message, emoji: string, add: boolean): void;
  /** True where the change was taken. */
  edit(message: Message, text: string): Promise<boolean>;
  copy(message: Message): void;
  /** Copies an address that leads to the message. */
  link(message: Message): void;
  pin(message: Message): void;
  remove(message: Message): void;
  /** Shows who wrote it. */
  person(message: Message): void;
  /** Takes back a deletion. */
  restore(message: Message): void;
  /** Shows the message that this one answers. */
  jumpToAnswered(message: Message): void;
}

export function createActions(client: Client, workspace: Workspace, conversation: Conversation): Actions {
  const { http } = client;
  const attempt = (action: () => Promise<unknown>, done?: string) => void client.attempt(action, done);
  return {
    react: (message, emoji, add) => attempt(() => (add ? addReaction : removeReaction)(http, message.id, emoji)),
    edit: (message, content) =>
      client.attempt(async () => {
        const answer = await workspace.link.ask('edit_message', { message_id: message.id, content });
        conversation.timeline.put(answer.message);
      }),
    copy: (message) => attempt(() => navigator.clipboard.writeText(message.content), t('rooms.copied')),
    link: ({ room_id, seq }) => {
      const address = new URL(messagePath(room_id, seq), location.origin).href;
      attempt(() => navigator.clipboard.writeText(address), t('messages.link_copied'));
    },
    pin: (message) => attempt(() => (message.pinned_at ? unpin : pin)(http, message.id)),
    person: ({ user }) => (client.person = user),
    remove: (message) => attempt(() => workspace.link.ask('delete_message', { message_id: message.id })),
    restore: (message) => attempt(async () => conversation.timeline.put(await restore(http, message.id))),
    jumpToAnswered: ({ reply_to }) => {
      if (reply_to) attempt(() => conversation.jumpToAnswered(reply_to.id));
    },
  };
}
