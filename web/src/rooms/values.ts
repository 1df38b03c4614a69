/** What the form of a room or a community holds, and the requests it becomes. */
import type { ChangeRoom, CreateCommunity, CreateRoom, Room, RoomId } from '../wire/types';

export interface RoomValues {
  name: string;
  description: string;
  isPrivate: boolean;
  accessKey: string;
  maxMembers: string;
  /** Of a community. */
  rules: string;
}

export const NEW_ROOM: RoomValues = { name: '', description: '', isPrivate: false, accessKey: '', maxMembers: '', rules: '' };

export function valuesOf(room: Room): RoomValues {
  return {
    name: room.name,
    description: room.description,
    isPrivate: room.is_private,
    accessKey: room.access_key ?? '',
    maxMembers: room.max_members?.toString() ?? '',
    rules: room.rules ?? '',
  };
}

const common = ({ name, description, isPrivate, maxMembers }: RoomValues) => ({
  name: name.trim(),
  description: description.trim(),
  is_private: isPrivate,
  ...(maxMembers ? { max_members: Number(maxMembers) } : {}),
});

export function creation(values: RoomValues, community?: RoomId): CreateRoom {
  const key = values.accessKey.trim();
  return {
    ...common(values),
    ...(values.isPrivate && key ? { access_key: key } : {}),
    ...(community === undefined ? {} : { community_id: community }),
  };
}

export const founding = (values: RoomValues): CreateCommunity => ({ ...common(values), rules: values.rules.trim() });

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
    ...(values.rules.trim() === (before.rules ?? '') ? {} : { rules: values.rules.trim() }),
  };
}
