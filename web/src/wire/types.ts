/**
 * The wire's types, field by field as `crates/protocol` declares them. Everything else imports them from here, so
 * that a generated document can take this file's place.
 */

export type Timestamp = string;
export type UserId = number;
export type RoomId = number;
export type MessageId = number;
export type Seq = number;

export interface Page<T> {
  items: T[];
  next: string | null;
}

// Accounts

export type SystemRole = 'user' | 'admin';
export type Language = 'zh-CN' | 'en';

export interface UserBrief {
  id: UserId;
  username: string;
  nickname: string;
  avatar_url: string;
  is_guest: boolean;
}

export interface User extends UserBrief {
  bio: string;
  role: SystemRole;
  status: 'active' | 'inactive' | 'deleted';
  is_online: boolean;
  last_seen: Timestamp | null;
  created_at: Timestamp;
}

export interface Me extends User {
  email: string | null;
  birthday: string | null;
  language: string | null;
  privacy_policy_accepted_at: Timestamp | null;
  /** The newest entry of the log of what concerns one alone. */
  user_seq: Seq;
}

export interface Register {
  username: string;
  email: string;
  password: string;
  nickname?: string;
  privacy_policy_accepted: boolean;
  setup_code?: string;
}

export interface Login {
  username: string;
  password: string;
  remember: boolean;
}

/** The tokens beside `user` are for programs; a browser lives on its cookie. */
export interface SignedIn {
  user: Me;
}

export interface AuthCheck {
  authenticated: boolean;
  user?: Me;
}

export interface ProfileChange {
  nickname?: string | null;
  birthday?: string | null;
  bio?: string | null;
  language?: Language | null;
  email?: string;
}

export interface Session {
  id: number;
  is_current: boolean;
  user_agent: string;
  address: string;
  created_at: Timestamp;
  last_used_at: Timestamp;
  expires_at: Timestamp;
}

// Rooms

export type RoomRole = 'member' | 'admin' | 'owner';

export interface RoomCard {
  id: RoomId;
  name: string;
  description: string;
  kind: 'room' | 'direct';
  is_private: boolean;
  is_default: boolean;
  created_by: UserId | null;
  owner_id: UserId | null;
  created_at: Timestamp;
  max_members: number | null;
  member_count: number;
  last_seq: Seq;
}

export interface Membership {
  role: RoomRole;
  is_admin: boolean;
  muted_until: Timestamp | null;
  joined_at: Timestamp;
  last_read_seq: Seq;
  unread_count: number;
  mention_count: number;
}

export interface Room extends RoomCard {
  membership: Membership | null;
  peer?: UserBrief;
  access_key?: string;
}

export interface Member extends UserBrief {
  role: RoomRole;
  is_admin: boolean;
  muted_until: Timestamp | null;
  joined_at: Timestamp;
  is_online: boolean;
  last_seen: Timestamp | null;
}

export interface Ban extends UserBrief {
  banned_by: UserId | null;
  banned_at: Timestamp;
}

export interface CreateRoom {
  name: string;
  description: string;
  is_private: boolean;
  access_key?: string;
  max_members?: number;
}

export interface ChangeRoom {
  name?: string;
  description?: string;
  is_private?: boolean;
  access_key?: string;
  max_members?: number | null;
}

// Messages

export type MessageType = 'text' | 'markdown' | 'image' | 'file' | 'system';
export type DeliveryStatus = 'sent' | 'delivered' | 'read';

export interface ReplyPreview {
  id: MessageId;
  user: UserBrief;
  excerpt: string;
  is_deleted: boolean;
}

export interface Reaction {
  emoji: string;
  count: number;
  user_ids: UserId[];
}

/** What a message does not have is absent. */
export interface Message {
  id: MessageId;
  room_id: RoomId;
  seq: Seq;
  user_id: UserId;
  user: UserBrief;
  content: string;
  message_type: MessageType;
  timestamp: Timestamp;
  edited_at: Timestamp | null;
  is_deleted: boolean;
  client_id?: string;
  reply_to?: ReplyPreview;
  file_id?: number;
  mentions?: UserId[];
  mentions_room?: boolean;
  reactions?: Reaction[];
  pinned_at?: Timestamp;
  status: DeliveryStatus;
}

export interface SendMessage {
  room_id: RoomId;
  content: string;
  message_type: 'text' | 'markdown';
  client_id: string;
  reply_to?: MessageId;
}

export interface Posted {
  message: Message;
  duplicate: boolean;
}

export interface ReadState {
  room_id: RoomId;
  last_read_seq: Seq;
  unread_count: number;
  mention_count: number;
}

export interface History {
  items: Message[];
  next: string | null;
  last_seq: Seq;
}

// Presence

export interface OnlineUser extends UserBrief {
  online_since: Timestamp;
}

// Events

interface RoomEvent {
  room_id: RoomId;
  seq: Seq;
}

export type RoomChange =
  | { type: 'created' }
  | { type: 'settings' }
  | { type: 'role'; user_id: UserId; role: RoomRole }
  | { type: 'mute'; user_id: UserId; muted_until: Timestamp | null }
  | { type: 'ban'; user_id: UserId; banned: boolean };

/** The entries of a room's log, by event name: each has its own `seq`. */
export interface LogEvents {
  new_message: RoomEvent & { message: Message };
  message_updated: RoomEvent & { message: Message };
  message_deleted: RoomEvent & { message_id: MessageId; deleted_by: UserId; message: Message };
  reaction_update: RoomEvent & {
    message_id: MessageId;
    user_id: UserId;
    emoji: string;
    added: boolean;
    reactions: Reaction[];
  };
  user_joined: RoomEvent & { user: UserBrief; role: RoomRole; member_count: number };
  user_left: RoomEvent & {
    user: UserBrief;
    reason: 'left' | 'kicked' | 'banned' | 'deleted';
    member_count: number;
  };
  room_updated: RoomEvent & { by: UserId | null; change: RoomChange; room: RoomCard };
}

/**
 * What the server tells beside the rooms’ logs. `seq` here is a position, not an entry of its own; `user_seq` is the
 * entry’s place in the log of what concerns one alone.
 */
export interface SideEvents {
  room_joined: RoomEvent & { user_seq?: Seq; room: Room };
  room_removed: RoomEvent & { user_seq: Seq; reason: 'left' | 'kicked' | 'banned' | 'deleted' };
  read_update: RoomEvent & { user_id: UserId };
  typing_update: { room_id: RoomId; user: UserBrief; typing: boolean };
  user_status_update: { user: UserBrief; is_online: boolean; last_seen: Timestamp };
  online_users_update: { room_id: RoomId | null; users: OnlineUser[] };
  resync: { rooms: RoomId[]; reason: string };
  error: SocketError;
}

/** The last entry at hand of each room, and of the log of what concerns one alone. */
export type Positions = Record<RoomId | 'me', Seq>;

export type ServerEvents = LogEvents & SideEvents;

/** An entry of a room's log with its event's name. */
export type LogEntry = { [K in keyof LogEvents]: { type: K } & LogEvents[K] }[keyof LogEvents];

export const LOG_EVENTS = [
  'new_message',
  'message_updated',
  'message_deleted',
  'reaction_update',
  'user_joined',
  'user_left',
  'room_updated',
] as const satisfies readonly (keyof LogEvents)[];

/** What the client asks over the socket: the payload and the answer's fields. */
export interface Requests {
  join_room: [{ room_id: RoomId; access_key?: string; after_seq?: Seq }, JoinedRoom];
  send_message: [SendMessage, Posted];
  edit_message: [{ message_id: MessageId; content: string }, { message: Message }];
  delete_message: [{ message_id: MessageId }, object];
  read: [{ room_id: RoomId; seq: Seq }, ReadState];
  typing_start: [{ room_id: RoomId }, object];
  typing_stop: [{ room_id: RoomId }, object];
  get_online_users: [{ room_id?: RoomId }, { users?: OnlineUser[] }];
}

export interface JoinedRoom {
  room: Room;
  seq: Seq;
  entries?: LogEntry[];
  resync?: boolean;
}

// Problems

export const CODES = [
  'invalid_json', 'json_too_deep', 'duplicate_key', 'unknown_field', 'invalid_field', 'invalid_param',
  'invalid_cursor', 'invalid_text', 'empty_message', 'too_long', 'weak_password', 'invalid_host',
  'policy_not_accepted', 'invalid_setup_code', 'unauthorized', 'bad_credentials', 'token_reused', 'forbidden',
  'guest_not_allowed', 'csrf_failed', 'origin_not_allowed', 'muted', 'banned', 'not_member', 'account_inactive',
  'not_found', 'method_not_allowed', 'request_timeout', 'name_taken', 'email_taken', 'access_key_taken', 'room_full',
  'already_member', 'owner_must_stay', 'last_administrator', 'idempotency_conflict', 'invalid_state',
  'payload_too_large', 'unsupported_media_type', 'range_not_satisfiable', 'rate_limited', 'headers_too_large',
  'unknown_event', 'internal', 'not_implemented', 'storage_unavailable', 'overloaded', 'shutting_down',
] as const;

export type Code = (typeof CODES)[number];

export interface FieldError {
  field: string;
  code: Code;
  message: string;
}

export interface SocketError {
  code: Code;
  message: string;
  errors?: FieldError[];
  retry_after_ms?: number;
}

export interface ProblemDocument {
  title: string;
  status: number;
  code: Code;
  detail?: string;
  request_id?: string;
  errors?: FieldError[];
  retry_after_ms?: number;
}
