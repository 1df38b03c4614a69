//! Where a person keeps a room in their own list: favourites and folders, the same on all their devices. Nobody else
//! learns of it, and it ends with the membership.

use super::error::RoomsError;
use super::events::announce_shelf;
use super::model::Shelf;
use super::rules::{self, Denied};
use super::{Rooms, names, store};
use crate::kernel::actor::Actor;
use crate::kernel::limits::Limit;
use parlor_protocol::RoomId;
use parlor_protocol::rooms::{Room, ShelfChange};

impl Rooms {
    /// `PUT rooms/{id}/shelf`: changes what is given, and answers the room as its member sees it then.
    pub async fn shelve(
        &self,
        actor: &Actor,
        room: RoomId,
        change: ShelfChange,
    ) -> Result<Room, RoomsError> {
        self.check(room, actor, rules::may_tidy).await?;
        let user = actor.user_id;
        self.kernel.limits.check(Limit::Change, user)?;
        let folder = change
            .folder
            .map(|name| check_folder(name.as_deref()))
            .transpose()?;
        let commit = self.kernel.log.commit(move |tx| {
            Box::pin(async move {
                // Two devices at once: each changes what the other has left.
                tx.lock_people(&[user]).await?;
                let before = store::load_shelf(tx.sql(), room, user).await?;
                let before = before.ok_or(Denied::NotFound)?;
                let after = Shelf {
                    is_favourite: change.is_favourite.unwrap_or(before.is_favourite),
                    folder: folder.unwrap_or_else(|| before.folder.clone()),
                };
                if after != before {
                    store::set_shelf(tx.sql(), room, user, &after).await?;
                    announce_shelf(tx, user, room, after).await?;
                }
                Ok::<_, RoomsError>(())
            })
        });
        commit.await?;
        self.view(actor, room).await
    }
}

/// Reads the name of a folder; one without a name is none.
fn check_folder(name: Option<&str>) -> Result<Option<String>, RoomsError> {
    let name = name.map(names::check_folder).transpose()?;
    Ok(name.filter(|name| !name.is_empty()))
}
