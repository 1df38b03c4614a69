/**
 * The wire's types. `web/generated/wire.ts` has them as the server's own documents describe them; here stand the names
 * the client gives to plain numbers, and what the documents cannot say. Everything else imports them from here.
 */
import type * as wire from '../../generated/wire';

export { AUDIT_ACTION_VALUES as AUDIT_ACTIONS, AUDIT_SOURCE_VALUES as AUDIT_SOURCES, CODE_VALUES as CODES } from '../../generated/wire';
export type {
  AccountChange,
  AccountDetail,
  AccountStatus,
  AccountView,
  Announcement,
  AnnouncementRecord,
  Announcements,
  Archive,
  Asked,
  AuditAction,
  AuditEntry,
  AuditSource,
  AuthCheck,
  Ban,
  Blocked,
  ChangeRoom,
  Circle,
  Code,
  CreateCommunity,
  CreateInvitation,
  CreateRoom,
  DeliveryStatus,
  Factors,
  FieldError,
  FigureRange,
  Figures,
  Friend,
  FriendRequest,
  History,
  Hold,
  Identity,
  ImportProgress,
  ImportReport,
  Invitation,
  Invited,
  Login,
  LoginRecord,
  LoginView,
  MakeAnnouncement,
  MakeReminder,
  Me,
  Member,
  Membership,
  Message,
  MessageType,
  Newcomer,
  Notification,
  NotificationType,
  Notifications,
  OnlineUser,
  PasswordReset,
  PlaceHold,
  Posted,
  Preferences,
  PreferencesChange,
  Privacy,
  PrivacyChange,
  Problem as ProblemDocument,
  ProviderPage,
  Reaction,
  RecoveryCodes,
  ReadNotifications,
  ReadState,
  Receipt,
  Register,
  RegisterNewcomer,
  Reminder,
  ResetPassword,
  Retention,
  RetentionChange,
  ReplyPreview,
  Room,
  RoomCard,
  RoomChange,
  RoomOverview,
  RoomRetention,
  RoomRole,
  SendMessage,
  Session,
  SignedIn,
  SignInProvider,
  SocketError,
  StepUp,
  ShelfChange,
  SystemRole,
  Timestamp,
  TotpEnrolment,
  UpgradeGuest,
  User,
  UserBrief,
} from '../../generated/wire';

export type UserId = number;
export type RoomId = number;
export type MessageId = number;
export type RequestId = number;
export type InvitationId = number;
export type AnnouncementId = number;
export type NotificationId = number;
export type HoldId = number;
export type Seq = number;

/** By what administrators sort rooms. The document has it in the place of its use. */
export type RoomOrder = 'id' | 'members' | 'messages' | 'activity';

export type Language = 'zh-CN' | 'en';

export type ProfileChange = Omit<wire.ProfileChange, 'language'> & { language?: Language | null };

export interface Page<T> {
  items: T[];
  next?: string | null;
}

/** The events that are entries of a room's log: each has its own `seq`. */
export const LOG_EVENTS = [
  'new_message',
  'message_updated',
  'message_deleted',
  'messages_removed',
  'reaction_update',
  'user_joined',
  'user_left',
  'user_updated',
  'room_updated',
] as const satisfies readonly (keyof wire.EventsByName)[];

/** An entry of a room's log with its event's name. */
export type LogEntry = { [K in (typeof LOG_EVENTS)[number]]: { type: K } & wire.EventsByName[K] }[(typeof LOG_EVENTS)[number]];

export type ServerEvents = wire.EventsByName;

/** The last entry at hand of each room, of the log of what concerns one alone, and of what everybody is told. */
export type Positions = Record<RoomId | 'me', Seq> & { server?: Seq };

export type JoinedRoom = Omit<wire.JoinedRoom, 'entries'> & { entries?: LogEntry[] | null };

/** What the client asks over the socket: the payload and the answer's fields. */
export type Requests = Omit<wire.RequestsByName, 'join_room'> & { join_room: [wire.RequestsByName['join_room'][0], JoinedRoom] };
