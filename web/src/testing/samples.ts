/** Sample values for tests. */
import type { LogEntry, Me, Member, Message, Room, UserBrief } from '../wire/types';

export const alice: UserBrief = { id: 1, username: 'alice', nickname: 'Alice', avatar_url: '', is_guest: false };
export const bob: UserBrief = { id: 2, username: 'bob', nickname: '小明', avatar_url: '', is_guest: false };

export const me: Me = {
  ...alice,
  bio: '',
  role: 'user',
  status: 'active',
  is_online: true,
  last_seen: null,
  created_at: '2026-11-20T08:00:00.000Z',
  email: 'alice@example.org',
  birthday: null,
  language: null,
  privacy_policy_accepted_at: '2026-11-20T08:00:00.000Z',
  has_password: true,
  provider: null,
  provider_id: null,
  must_enrol_factor: false,
  user_seq: 5,
};

export function room(fields: Partial<Room> = {}): Room {
  return {
    id: 1,
    name: 'Lobby',
    description: '',
    kind: 'room',
    is_private: false,
    is_default: false,
    created_by: null,
    owner_id: null,
    created_at: '2026-11-20T08:00:00.000Z',
    max_members: null,
    member_count: 2,
    last_seq: 10,
    membership: {
      role: 'member',
      is_admin: false,
      muted_until: null,
      joined_at: '2026-11-20T08:00:00.000Z',
      last_read_seq: 10,
      unread_count: 0,
      mention_count: 0,
      is_favourite: false,
      folder: null,
    },
    ...fields,
  };
}

export function member(user: UserBrief, fields: Partial<Member> = {}): Member {
  return {
    ...user,
    role: 'member',
    is_admin: false,
    muted_until: null,
    joined_at: '2026-11-20T08:00:00.000Z',
    is_online: false,
    last_seen: null,
    ...fields,
  };
}

export function message(seq: number, fields: Partial<Message> = {}): Message {
  const user = fields.user ?? bob;
  return {
    id: 1000 + seq,
    room_id: 1,
    seq,
    user_id: user.id,
    user,
    content: `message ${seq}`,
    message_type: 'text',
    timestamp: new Date(Date.UTC(2026, 10, 21, 8, 0, seq)).toISOString(),
    edited_at: null,
    is_deleted: false,
    status: 'sent',
    ...fields,
  };
}

export function entry(seq: number, fields: Partial<Message> = {}): LogEntry {
  const said = message(seq, fields);
  return { type: 'new_message', room_id: said.room_id, seq, message: said };
}
