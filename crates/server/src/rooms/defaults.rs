//! The rooms that a new server starts with.

use super::error::RoomsError;
use super::events::announce_change;
use super::model::{RoomRow, kind_to};
use super::{Rooms, names, store};
use crate::kernel::db::{Sql, StorageError, args};
use crate::kernel::ids::Kind;
use crate::kernel::log::Tx;
use parlor_protocol::RoomId;
use parlor_protocol::events::RoomChange;
use parlor_protocol::rooms::RoomKind;

/// Hall, technical talk, small talk.
const NAMES: [&str; 3] = ["大厅", "技术讨论", "随便聊聊"];
/// The fact that says that they were made once; whoever deletes one does not find it again after a restart.
const FACT: &str = "default_rooms";

impl Rooms {
    /// Makes the default rooms on the first start, and clears away what deleted rooms left behind.
    pub async fn prepare(&self) -> Result<(), StorageError> {
        let query = "SELECT value FROM server_facts WHERE name = ?";
        let fact: Option<String> = self.kernel.db.read().scalar(query, args![FACT]).await?;
        if fact.is_none() {
            self.make_defaults().await?;
        }
        self.purge_in_background();
        Ok(())
    }

    async fn make_defaults(&self) -> Result<(), StorageError> {
        let mut rooms = Vec::new();
        for name in NAMES {
            rooms.push((self.kernel.ids.next(Kind::Room).await?, name));
        }
        let made: Result<(), RoomsError> = self
            .kernel
            .log
            .commit(move |tx| Box::pin(make(tx, rooms)))
            .await;
        match made {
            // Another process starts at the same time, and was first.
            Err(RoomsError::Storage(error)) if error.is_unique_violation() => Ok(()),
            Err(RoomsError::Storage(error)) => Err(error),
            _ => Ok(()),
        }
    }
}

async fn make(tx: &mut Tx<'_>, rooms: Vec<(RoomId, &str)>) -> Result<(), RoomsError> {
    let fact = "INSERT INTO server_facts (name, value) VALUES (?, ?)";
    tx.sql().run(fact, args![FACT, "made"]).await?;
    for (id, name) in rooms {
        let name = names::check_name(name)?;
        let room = RoomRow {
            id,
            kind: kind_to(RoomKind::Room),
            name: name.shown,
            description: String::new(),
            is_private: false,
            is_default: true,
            created_by: None,
            owner_id: None,
            created_at: tx.now().0,
            max_members: None,
            member_count: 0,
            key_digest: None,
            key_sealed: None,
            direct_low: None,
            direct_high: None,
            home_id: None,
            rules: None,
            retention_days: None,
        };
        store::insert_room(tx.sql(), &room, Some(&name.folded)).await?;
        announce_change(tx, &room, None, RoomChange::Created).await?;
    }
    Ok(())
}
