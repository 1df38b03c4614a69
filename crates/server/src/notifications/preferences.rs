//! What people want to be told of.

use super::{Notifications, NotificationsError, store};
use crate::kernel::actor::Actor;
use crate::kernel::limits::Limit;
use crate::rooms::rules::may_tidy;
use parlor_protocol::UserId;
use parlor_protocol::notifications::{
    ByType, ByTypeChange, NotificationType, Preferences, PreferencesChange, RoomLevel, Ways,
};

/// The most rooms that are named at a time.
const NAMED: usize = 200;

impl Notifications {
    /// `GET notifications/preferences`.
    pub async fn preferences(&self, actor: &Actor) -> Result<Preferences, NotificationsError> {
        self.kernel.limits.check(Limit::Read, actor.user_id)?;
        self.preferences_of(actor.user_id).await
    }

    /// `PUT notifications/preferences`: changes what is given, and answers all of it.
    pub async fn prefer(
        &self,
        actor: &Actor,
        change: PreferencesChange,
    ) -> Result<Preferences, NotificationsError> {
        let me = actor.user_id;
        self.kernel.limits.check(Limit::Change, me)?;
        if change.rooms.len() > NAMED {
            return Err(NotificationsError::Field("rooms", "at most 200"));
        }
        for room in &change.rooms {
            may_tidy(&self.rooms.access(room.room_id, actor).await?)
                .map_err(crate::rooms::RoomsError::from)?;
        }
        // Before the change holds, so that nothing is said in between that nobody is told of.
        let followed = |level: Option<RoomLevel>| level == Some(RoomLevel::All);
        for room in change.rooms.iter().filter(|room| followed(room.level)) {
            self.follow(room.room_id);
        }
        let commit = self.kernel.log.commit(move |tx| {
            Box::pin(async move {
                for (kind, in_app) in change.types.into_iter().flat_map(changed) {
                    store::settings::set_type(tx.sql(), me, kind, in_app).await?;
                }
                for room in change.rooms {
                    store::settings::set_level(tx.sql(), me, room.room_id, room.level).await?;
                }
                Ok::<_, NotificationsError>(())
            })
        });
        commit.await?;
        self.preferences_of(me).await
    }

    pub(super) async fn preferences_of(
        &self,
        user: UserId,
    ) -> Result<Preferences, NotificationsError> {
        let sql = self.kernel.db.read();
        let unwanted = store::settings::unwanted(sql, &[user]).await?;
        let ways = |kind| Ways {
            in_app: !unwanted.contains(&(user, kind)),
        };
        Ok(Preferences {
            types: ByType {
                message: ways(NotificationType::Message),
                mention: ways(NotificationType::Mention),
                reply: ways(NotificationType::Reply),
                friend: ways(NotificationType::Friend),
                community: ways(NotificationType::Community),
                reminder: ways(NotificationType::Reminder),
                system: ways(NotificationType::System),
            },
            rooms: store::settings::levels_of(sql, user).await?,
        })
    }
}

/// What a change says of types.
fn changed(change: ByTypeChange) -> impl Iterator<Item = (NotificationType, bool)> {
    let all = [
        (NotificationType::Message, change.message),
        (NotificationType::Mention, change.mention),
        (NotificationType::Reply, change.reply),
        (NotificationType::Friend, change.friend),
        (NotificationType::Community, change.community),
        (NotificationType::Reminder, change.reminder),
        (NotificationType::System, change.system),
    ];
    all.into_iter()
        .filter_map(|(kind, ways)| Some((kind, ways?.in_app?)))
}
