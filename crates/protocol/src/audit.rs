//! The audit log: what was done with rights over others.

use crate::accounts::UserBrief;
use crate::{RoomId, Seq, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::str::FromStr;
use utoipa::ToSchema;

/// Declares a closed list of names, as they stand on the wire and in the database.
macro_rules! names {
    ($(#[doc = $list:literal])* $enum:ident { $($(#[doc = $doc:literal])* $name:ident = $text:literal,)* }) => {
        $(#[doc = $list])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
        // Not each by its own text, which the schema would not see.
        #[serde(rename_all = "snake_case")]
        pub enum $enum {
            $($(#[doc = $doc])* $name,)*
        }

        impl $enum {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The name.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }
        }

        impl FromStr for $enum {
            type Err = ();

            fn from_str(text: &str) -> Result<Self, ()> {
                match text { $($text => Ok(Self::$name),)* _ => Err(()) }
            }
        }
    };
}

names! {
    /// What was done.
    AuditAction {
        /// The first administrator signed up by the setup link.
        SetUp = "set_up",
        /// An administrator was made on the command line.
        AdministratorMade = "administrator_made",
        /// An account was given other rights; facts `from`, `to`.
        RoleChanged = "role_changed",
        /// An account was made inactive.
        Deactivated = "deactivated",
        /// An account was made active again.
        Activated = "activated",
        /// Somebody was signed out everywhere.
        SignedOut = "signed_out",
        /// A link was made with which somebody can choose another password.
        PasswordResetOffered = "password_reset_offered",
        /// An account was given another password on the command line.
        PasswordGiven = "password_given",
        /// Somebody chose another password by such a link.
        PasswordReset = "password_reset",
        /// Somebody's second factors were taken away.
        FactorsRemoved = "factors_removed",
        /// A member was sent out of a room or a community.
        Kicked = "kicked",
        /// Somebody was sent out for good.
        Banned = "banned",
        /// Somebody was let in again.
        Unbanned = "unbanned",
        /// A member was muted; fact `until`, where there is an end.
        Muted = "muted",
        /// A member was unmuted.
        Unmuted = "unmuted",
        /// A member was given another standing; facts `from`, `to`.
        MemberRoleChanged = "member_role_changed",
        /// A room or a community was given another owner; fact `from`.
        HandedOver = "handed_over",
        /// A room or a community was given other settings; fact `fields`.
        RoomChanged = "room_changed",
        /// A room or a community was deleted; fact `name`.
        RoomDeleted = "room_deleted",
        /// What somebody else had said was deleted.
        MessageDeleted = "message_deleted",
        /// The history of a room was exported.
        RoomExported = "room_exported",
        /// The export of a room was brought into a room.
        RoomImported = "room_imported",
        /// What is stored of somebody was written into a file for them on the command line.
        ArchiveTaken = "archive_taken",
        /// Something was announced to everybody.
        Announced = "announced",
        /// An announcement was withdrawn.
        AnnouncementWithdrawn = "announcement_withdrawn",
        /// A person or a room was put under a legal hold; fact `hold`.
        HoldPlaced = "hold_placed",
        /// A legal hold was lifted; fact `hold`.
        HoldLifted = "hold_lifted",
        /// A setting of the server was changed; facts `name`, `from`, `to`.
        SettingChanged = "setting_changed",
        /// What somebody sent named another person as its author, and was refused; fact `field`.
        ImpostureRefused = "imposture_refused",
        /// Something that this version has no name for.
        Other = "other",
    }
}

names! {
    /// By which way it was done.
    AuditSource {
        /// By a request.
        Http = "http",
        /// By a connection.
        Socket = "socket",
        /// On the command line.
        Console = "console",
        /// By the server of its own accord.
        Server = "server",
    }
}

names! {
    /// What it was done to.
    AuditSubject {
        /// The server.
        Server = "server",
        /// An account.
        User = "user",
        /// A room.
        Room = "room",
        /// A community.
        Community = "community",
        /// A message.
        Message = "message",
        /// An announcement.
        Announcement = "announcement",
    }
}

/// An entry of the audit log. It never holds what people write, tokens or keys, and nothing changes or removes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AuditEntry {
    /// Its place: 1, 2, 3 … without gaps.
    pub seq: Seq,
    /// When.
    pub at: Timestamp,
    /// Who; `null` for the console and the server itself.
    pub actor: Option<UserBrief>,
    /// By which way.
    pub source: AuditSource,
    /// What was done.
    pub action: AuditAction,
    /// What it was done to.
    pub subject: AuditSubject,
    /// The id of that; `null` for the server.
    pub subject_id: Option<i64>,
    /// Who that is, where it is an account.
    pub user: Option<UserBrief>,
    /// In which room or community, where it was done in one.
    pub room_id: Option<RoomId>,
    /// What the action says beside that.
    pub facts: BTreeMap<String, String>,
    /// From which address.
    pub address: Option<String>,
    /// The number of the request in the server's log.
    pub request_id: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_as_they_are_written() {
        for action in AuditAction::ALL {
            assert_eq!(action.as_str().parse(), Ok(*action));
            let json = serde_json::to_value(action).unwrap();
            assert_eq!(json, action.as_str());
            assert!(action.as_str().len() <= 32);
        }
        for source in AuditSource::ALL {
            assert_eq!(serde_json::to_value(source).unwrap(), source.as_str());
        }
        for subject in AuditSubject::ALL {
            assert_eq!(serde_json::to_value(subject).unwrap(), subject.as_str());
        }
        assert_eq!("".parse::<AuditSource>(), Err(()));
    }
}
