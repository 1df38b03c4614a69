//! Who is told what, and what of it may still be seen. Pure.

use super::model::Row;
use crate::messages::{Heard, MessageNote};
use parlor_protocol::notifications::{NotificationType, RoomLevel};
use parlor_protocol::rooms::RoomKind;
use parlor_protocol::{MessageId, RoomId, Seq, UserId};
use std::collections::{HashMap, HashSet};

/// What a message is to somebody who may be told of it; `None` where it is nothing.
pub(super) fn reason(note: &MessageNote, user: UserId) -> Option<NotificationType> {
    let is_called = note.mentions_room || note.mentioned.contains(&user);
    if user == note.by || !(note.is_new || is_called) {
        return None;
    }
    Some(match note.room_kind {
        RoomKind::Direct => NotificationType::Message,
        _ if note.answered == Some(user) => NotificationType::Reply,
        _ if is_called => NotificationType::Mention,
        RoomKind::Community => NotificationType::Community,
        RoomKind::Room => NotificationType::Message,
    })
}

/// Whether everybody in the room may have to be told of a message, whatever they follow.
pub(super) fn is_for_everybody(note: &MessageNote) -> bool {
    note.mentions_room || (note.is_new && note.room_kind != RoomKind::Room)
}

/// Whether somebody wants to be told this of a room of a kind.
pub(super) fn wants(level: Option<RoomLevel>, room: RoomKind, reason: NotificationType) -> bool {
    let usual = match room {
        RoomKind::Room => RoomLevel::Mentions,
        RoomKind::Direct | RoomKind::Community => RoomLevel::All,
    };
    match level.unwrap_or(usual) {
        RoomLevel::All => true,
        RoomLevel::Mentions => !stands_for_all(reason),
        RoomLevel::Nothing => false,
    }
}

/// Whether one notification stands for all that is unread in its room, so that a burst is one.
pub(super) fn stands_for_all(kind: NotificationType) -> bool {
    matches!(
        kind,
        NotificationType::Message | NotificationType::Community
    )
}

/// What decides whether one person may see what their notifications tell of.
#[derive(Clone, Debug, Default)]
pub(super) struct Facts {
    /// How far they have read in the rooms that they are in.
    pub(super) marks: HashMap<RoomId, Seq>,
    /// The messages that are there.
    pub(super) messages: HashMap<MessageId, Heard>,
    /// Whom they have blocked.
    pub(super) blocked: HashSet<UserId>,
    /// The requests that wait for their answer.
    pub(super) requests: HashSet<i64>,
}

/// What a notification is to its reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// News.
    Unread,
    /// Read itself, or what it tells of was.
    Read,
    /// They may not see what it tells of.
    Gone,
}

/// Judges a notification by what holds now.
pub(super) fn judge(row: &Row, facts: &Facts) -> Standing {
    let mark = row.room_id.map(|room| facts.marks.get(&room).copied());
    let is_outside = mark == Some(None);
    let message = row.message_id.map(|id| facts.messages.contains_key(&id));
    let is_blocked = row.actor_id.is_some_and(|id| facts.blocked.contains(&id));
    let request = row.request().filter(|request| !request.accepted);
    let is_closed = request.is_some_and(|request| !facts.requests.contains(&request.id));
    if is_outside || message == Some(false) || is_blocked || is_closed {
        return Standing::Gone;
    }
    let is_seen =
        is_read_with_room(row.kind()) && mark.flatten().is_some_and(|mark| row.last_seq <= mark);
    if is_seen || row.read_at.is_some() {
        Standing::Read
    } else {
        Standing::Unread
    }
}

/// Whether having read the room up to what it tells of is having read it.
fn is_read_with_room(kind: NotificationType) -> bool {
    !matches!(
        kind,
        NotificationType::Friend | NotificationType::Reminder | NotificationType::System
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notifications::model::kind_to;
    use parlor_protocol::messages::MessageType;

    fn note(room_kind: RoomKind) -> MessageNote {
        MessageNote {
            room_id: 1,
            room_kind,
            message_id: 5,
            seq: 10,
            by: 7,
            mentioned: vec![8],
            mentions_room: false,
            answered: Some(9),
            is_new: true,
            told_up_to: 0,
        }
    }

    #[test]
    fn everybody_is_told_for_one_reason() {
        use NotificationType as T;
        let reasons = |note: &MessageNote| [7, 8, 9, 10].map(|user| reason(note, user));
        let room = note(RoomKind::Room);
        let mention = Some(T::Mention);
        assert_eq!(
            reasons(&room),
            [None, mention, Some(T::Reply), Some(T::Message)]
        );
        assert!(!is_for_everybody(&room));
        let message = Some(T::Message);
        let direct = note(RoomKind::Direct);
        assert_eq!(reasons(&direct), [None, message, message, message]);
        let community = note(RoomKind::Community);
        assert_eq!(reasons(&community)[3], Some(T::Community));
        assert!(is_for_everybody(&direct) && is_for_everybody(&community));
        let edited = MessageNote {
            is_new: false,
            ..note(RoomKind::Community)
        };
        assert_eq!(reasons(&edited), [None, mention, None, None]);
        assert!(!is_for_everybody(&edited));
        let to_all = MessageNote {
            mentions_room: true,
            ..room
        };
        assert_eq!(reasons(&to_all)[3], mention);
        assert!(is_for_everybody(&to_all));
    }

    #[test]
    fn a_room_can_be_followed_and_silenced() {
        use NotificationType as T;
        for (level, room, reason, wanted) in [
            (None, RoomKind::Room, T::Message, false),
            (None, RoomKind::Room, T::Mention, true),
            (None, RoomKind::Direct, T::Message, true),
            (None, RoomKind::Community, T::Community, true),
            (Some(RoomLevel::All), RoomKind::Room, T::Message, true),
            (
                Some(RoomLevel::Mentions),
                RoomKind::Community,
                T::Community,
                false,
            ),
            (Some(RoomLevel::Mentions), RoomKind::Room, T::Reply, true),
            (Some(RoomLevel::Nothing), RoomKind::Room, T::Mention, false),
        ] {
            assert_eq!(
                wants(level, room, reason),
                wanted,
                "{level:?} {room:?} {reason:?}"
            );
        }
    }

    fn row(kind: NotificationType) -> Row {
        Row {
            id: 1,
            user_id: 8,
            kind: kind_to(kind),
            cause: String::new(),
            actor_id: Some(7),
            room_id: Some(1),
            message_id: Some(5),
            seq: 10,
            last_seq: 12,
            body: String::new(),
            created_at: 0,
            read_at: None,
        }
    }

    fn facts(mark: Seq) -> Facts {
        let message = Heard {
            id: 5,
            room_id: 1,
            seq: 10,
            by: 7,
            excerpt: String::new(),
            message_type: MessageType::Text,
        };
        Facts {
            marks: [(1, mark)].into(),
            messages: [(5, message)].into(),
            ..Facts::default()
        }
    }

    #[test]
    fn it_is_read_with_all_that_it_stands_for() {
        use NotificationType as T;
        assert_eq!(judge(&row(T::Message), &facts(11)), Standing::Unread);
        assert_eq!(judge(&row(T::Message), &facts(12)), Standing::Read);
        assert_eq!(judge(&row(T::Reminder), &facts(12)), Standing::Unread);
        let read = Row {
            read_at: Some(1),
            ..row(T::Reminder)
        };
        assert_eq!(judge(&read, &facts(0)), Standing::Read);
    }

    #[test]
    fn what_may_not_be_seen_is_gone() {
        let mention = row(NotificationType::Mention);
        let outside = Facts {
            marks: HashMap::new(),
            ..facts(0)
        };
        let deleted = Facts {
            messages: HashMap::new(),
            ..facts(0)
        };
        let blocked = Facts {
            blocked: [7].into(),
            ..facts(0)
        };
        for facts in [outside, deleted, blocked] {
            assert_eq!(judge(&mention, &facts), Standing::Gone);
        }
        let asked = Row {
            room_id: None,
            message_id: None,
            body: r#"{"id":3,"accepted":false}"#.to_owned(),
            ..row(NotificationType::Friend)
        };
        let open = Facts {
            requests: [3].into(),
            ..Facts::default()
        };
        assert_eq!(judge(&asked, &open), Standing::Unread);
        assert_eq!(judge(&asked, &Facts::default()), Standing::Gone);
        let accepted = Row {
            body: r#"{"id":3,"accepted":true}"#.to_owned(),
            ..asked
        };
        assert_eq!(judge(&accepted, &Facts::default()), Standing::Unread);
    }
}
