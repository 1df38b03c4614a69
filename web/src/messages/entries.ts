import type { LogEntry, Message, Seq, UserBrief } from '../wire/types';

/** Puts a message in its place by seq, or over what was known of it. */
export function upsert(items: readonly Message[], message: Message): readonly Message[] {
  const at = items.findIndex((item) => item.seq >= message.seq);
  if (at < 0) return [...items, message];
  return items[at]?.id === message.id ? items.with(at, message) : items.toSpliced(at, 0, message);
}

function change(items: readonly Message[], id: number, edit: (message: Message) => Message): readonly Message[] {
  const at = items.findIndex((item) => item.id === id);
  const found = items[at];
  return found ? items.with(at, edit(found)) : items;
}

/** Messages after an entry of the log. New ones are taken only where the list reaches to the present. */
export function applyEntry(items: readonly Message[], entry: LogEntry, reachesPresent: boolean): readonly Message[] {
  switch (entry.type) {
    case 'new_message':
      return reachesPresent ? upsert(items, entry.message) : change(items, entry.message.id, () => entry.message);
    case 'message_updated':
      return quote(change(items, entry.message.id, () => entry.message), entry.message);
    case 'message_deleted':
      return quote(change(items, entry.message_id, () => entry.message), entry.message);
    case 'messages_removed':
      return without(items, entry.up_to);
    case 'reaction_update':
      return change(items, entry.message_id, (message) => ({ ...message, reactions: entry.reactions }));
    case 'user_updated':
      return rename(items, entry.user);
    default:
      return items;
  }
}

/** Whoever said something is shown under the name they have now. */
function rename(items: readonly Message[], user: UserBrief): readonly Message[] {
  const isTheirs = (item: Message) => item.user_id === user.id || item.reply_to?.user.id === user.id;
  if (!items.some(isTheirs)) return items;
  return items.map((item) => ({
    ...item,
    user: item.user_id === user.id ? user : item.user,
    ...(item.reply_to?.user.id === user.id ? { reply_to: { ...item.reply_to, user } } : {}),
  }));
}

const EXCERPT = 140;

/** As much of a message as is quoted above an answer, counted as the server does. */
export const excerptOf = (content: string): string => [...content].slice(0, EXCERPT).join('');

/** Answers quote what they answer: the quotation follows its message. */
function quote(items: readonly Message[], { id, content, is_deleted }: Message): readonly Message[] {
  if (!items.some((item) => item.reply_to?.id === id)) return items;
  const excerpt = is_deleted ? '' : excerptOf(content);
  return items.map((item) =>
    item.reply_to?.id === id ? { ...item, reply_to: { ...item.reply_to, excerpt, is_deleted } } : item,
  );
}

/** What was removed for good is not quoted either. */
function without(items: readonly Message[], upTo: Seq): readonly Message[] {
  const isGone = (one?: { seq: Seq } | null) => !!one && one.seq <= upTo;
  if (!items.some((item) => isGone(item) || isGone(item.reply_to))) return items;
  const left = items.filter((item) => !isGone(item));
  return left.map((item) => (isGone(item.reply_to) ? { ...item, reply_to: null } : item));
}

/** One's own messages up to a place in the log were read by somebody else. */
export function markRead(items: readonly Message[], author: number, upTo: Seq): readonly Message[] {
  const reached = (item: Message) => item.user_id === author && item.seq <= upTo && item.status !== 'read';
  return items.some(reached) ? items.map((item) => (reached(item) ? { ...item, status: 'read' } : item)) : items;
}
