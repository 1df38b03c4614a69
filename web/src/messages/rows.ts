/** How a stretch of messages is laid out: days, runs of one author, the line above what is new. */
import type { Message, Seq } from '../wire/types';

export type Row =
  | { kind: 'day'; key: string; date: Date }
  | { kind: 'unread'; key: string }
  | { kind: 'message'; key: string; message: Message; startsRun: boolean };

/** Messages of one author this close together share one head. */
const RUN_MS = 5 * 60_000;

/**
 * `unreadAfter` is the last entry read when the room was opened; `null` draws no line. `before` is the message that
 * stands above the stretch.
 */
export function rowsOf(messages: readonly Message[], unreadAfter: Seq | null, me: number, before?: Message): Row[] {
  const rows: Row[] = [];
  let previous = before;
  let lineDrawn = unreadAfter !== null && before !== undefined && before.seq > unreadAfter;
  for (const message of messages) {
    const date = new Date(message.timestamp);
    const newDay = !previous || !isSameDay(new Date(previous.timestamp), date);
    if (newDay) rows.push({ kind: 'day', key: `day-${message.seq}`, date });
    const isNew = unreadAfter !== null && message.seq > unreadAfter && message.user_id !== me;
    const line = isNew && !lineDrawn && previous !== undefined;
    if (line) rows.push({ kind: 'unread', key: 'unread' });
    lineDrawn ||= isNew;
    const startsRun = newDay || line || !continues(previous, message);
    rows.push({ kind: 'message', key: `message-${message.id}`, message, startsRun });
    previous = message;
  }
  return rows;
}

function continues(previous: Message | undefined, message: Message): boolean {
  return (
    previous !== undefined &&
    previous.user_id === message.user_id &&
    previous.message_type !== 'system' &&
    message.message_type !== 'system' &&
    !message.reply_to &&
    Date.parse(message.timestamp) - Date.parse(previous.timestamp) < RUN_MS
  );
}

function isSameDay(a: Date, b: Date): boolean {
  return a.toDateString() === b.toDateString();
}
