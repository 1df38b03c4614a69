/** What the form of a room holds, and the requests it becomes. */
import type { ChangeRoom, CreateRoom, Room } from '../wire/types';

export interface RoomValues {
  name: string;
  description: string;
  isPrivate: boolean;
  accessKey: string;
  maxMembers: string;
}

export const NEW_ROOM: RoomValues = { name: '', description: '', isPrivate: false, accessKey: '', maxMembers: '' };

export function valuesOf(room: Room): RoomValues {
  return {
    name: room.name,
    description: room.description,
    isPrivate: room.is_private,
    accessKey: room.access_key ?? '',
    maxMembers: room.max_members?.toString() ?? '',
  };
}

export function creation(values: RoomValues): CreateRoom {
  const key = values.accessKey.trim();
  return {
    name: values.name.trim(),
    description: values.description.trim(),
    is_private: values.isPrivate,
    ...(values.isPrivate && key ? { access_key: key } : {}),
    ...(values.maxMembers ? { max_members: Number(values.maxMembers) } : {}),
  };
}

/** Only what differs: an admin who may not change the rest can still change the name. */
export function changes(before: Room, values: RoomValues): ChangeRoom {
  const key = values.accessKey.trim();
  const most = values.maxMembers ? Number(values.maxMembers) : null;
  return {
    ...(values.name.trim() === before.name ? {} : { name: values.name.trim() }),
    ...(values.description.trim() === before.description ? {} : { description: values.description.trim() }),
    ...(values.isPrivate === before.is_private ? {} : { is_private: values.isPrivate }),
    ...(values.isPrivate && key && key !== before.access_key ? { access_key: key } : {}),
    ...(most === before.max_members ? {} : { max_members: most }),
  };
}
