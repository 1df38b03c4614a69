//! Emoji under messages.

use super::model::{ReactionBody, Row};
use super::store::beside::{self, ReactionRow};
use super::{Desk, Messages, MessagesError, REACTION_UPDATE, rules};
use crate::kernel::actor::Actor;
use crate::kernel::bus::Signal;
use crate::kernel::db::StorageError;
use crate::kernel::log::{NewEntry, Stream, Tx};
use crate::rooms::rules::may_post;
use parlor_protocol::MessageId;
use parlor_protocol::events::ReactionUpdate;
use parlor_protocol::messages::{Message, Reaction};

impl Messages {
    /// Puts an emoji under a message (`added`) or takes one's own away. Where it is so already, nothing changes.
    pub async fn react(
        &self,
        actor: &Actor,
        id: MessageId,
        emoji: String,
        added: bool,
    ) -> Result<Message, MessagesError> {
        rules::check_emoji(&emoji)?;
        self.check_edit_limit(actor)?;
        let (desk, actor) = (self.desk.clone(), actor.clone());
        let body = ReactionBody { emoji, added };
        let log = &self.desk.kernel.log;
        log.commit(move |tx| Box::pin(async move { desk.react(tx, &actor, id, body).await }))
            .await
    }
}

impl Desk {
    async fn react(
        &self,
        tx: &mut Tx<'_>,
        actor: &Actor,
        id: MessageId,
        body: ReactionBody,
    ) -> Result<Message, MessagesError> {
        let (row, access) = self.open(tx, actor, id).await?;
        may_post(&access, tx.now())?;
        rules::check_present(&row)?;
        let mut reactions = self.load_reactions(tx.sql(), &[id]).await?;
        let reactions = reactions.remove(&id).unwrap_or_default();
        if is_there(&reactions, actor, &body.emoji) != body.added {
            if body.added {
                check_room_for(&reactions, &body.emoji)?;
            }
            self.set_reaction(tx, actor, &row, body).await?;
        }
        Ok(self.view(tx.sql(), row).await?)
    }

    async fn set_reaction(
        &self,
        tx: &mut Tx<'_>,
        actor: &Actor,
        row: &Row,
        body: ReactionBody,
    ) -> Result<(), StorageError> {
        let stream = Stream::Room(row.room_id);
        let entry = NewEntry {
            kind: REACTION_UPDATE,
            actor: Some(actor.user_id),
            about: row.id,
            body: serde_json::to_string(&body).unwrap_or_default(),
        };
        let seq = tx.append(stream, entry).await?;
        let reaction = ReactionRow {
            message_id: row.id,
            emoji: body.emoji,
            user_id: actor.user_id,
        };
        if body.added {
            beside::insert_reaction(tx.sql(), &reaction, seq).await?;
        } else {
            beside::delete_reaction(tx.sql(), &reaction).await?;
        }
        let mut reactions = self.load_reactions(tx.sql(), &[row.id]).await?;
        let event = ReactionUpdate {
            room_id: row.room_id,
            seq,
            message_id: row.id,
            user_id: actor.user_id,
            emoji: reaction.emoji,
            added: body.added,
            reactions: reactions.remove(&row.id).unwrap_or_default(),
        };
        tx.publish(Signal::event(stream, event));
        Ok(())
    }
}

fn is_there(reactions: &[Reaction], actor: &Actor, emoji: &str) -> bool {
    reactions
        .iter()
        .any(|r| r.emoji == emoji && r.user_ids.contains(&actor.user_id))
}

fn check_room_for(reactions: &[Reaction], emoji: &str) -> Result<(), MessagesError> {
    let known = reactions.iter().any(|r| r.emoji == emoji);
    if known || reactions.len() < rules::MOST_EMOJI {
        return Ok(());
    }
    Err(MessagesError::InvalidState(
        "a message takes 50 different emoji",
    ))
}
