import type { Message } from '../wire/types';

/** What can be done with a message in the list. */
export interface Actions {
  react(message: Message, emoji: string, add: boolean): void;
  /** True where the change was taken. */
  edit(message: Message, text: string): Promise<boolean>;
  copy(message: Message): void;
  pin(message: Message): void;
  askToDelete(message: Message): void;
  /** Takes back a deletion. */
  restore(message: Message): void;
  /** Shows the message that this one answers. */
  jumpToMessage(message: Message): void;
}
