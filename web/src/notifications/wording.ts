/** What a notification says, and where it leads. Pure. */
import type { TextKey, Values } from '../i18n/translate';
import { messagePath, roomPath } from '../router/routes';
import type { Notification } from '../wire/types';

/** The text that says what has happened, and what is filled in. */
export function wordingOf(one: Notification, room: string): { key: TextKey; values: Values } {
  const values = { name: one.by?.nickname ?? '', room };
  const { change, request, notification_type } = one;
  if (request) return { key: request.accepted ? 'notifications.accepted' : 'notifications.asked', values };
  if (change?.type === 'role') return { key: `notifications.role.${change.role}`, values };
  if (change?.type === 'mute') return { key: change.muted_until ? 'notifications.muted' : 'notifications.unmuted', values };
  if (notification_type === 'system' || notification_type === 'friend') return { key: 'notifications.title', values };
  return { key: `notifications.${notification_type}`, values };
}

/** The screen that shows it. */
export function placeOf({ room_id, message }: Pick<Notification, 'room_id' | 'message'>): string {
  if (room_id == null) return '/app/people';
  return message ? messagePath(room_id, message.seq) : roomPath(room_id);
}
