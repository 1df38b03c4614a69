//! Reading what was said, a page at a time.

use super::model::Row;
use super::store::{self, Span};
use super::{Desk, Messages, MessagesError};
use crate::kernel::actor::Actor;
use crate::kernel::limits::Limit as Rate;
use crate::kernel::log::{Stream, read};
use crate::kernel::page::{Limit, open, seal};
use crate::rooms::rules::may_read;
use parlor_protocol::messages::{History, Message};
use parlor_protocol::{Code, MessageId, Problem, RoomId, Seq};

/// Which page of a room's history.
#[derive(Clone, Debug, Default)]
pub struct Window {
    /// The newest before this place.
    pub before: Option<Seq>,
    /// The oldest after this place.
    pub after: Option<Seq>,
    /// On both sides of this place.
    pub around: Option<Seq>,
    /// Where another page ended.
    pub cursor: Option<String>,
    /// How many messages.
    pub limit: Limit,
}

/// Where a page lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Beside(Span),
    Around(Seq),
}

impl Messages {
    /// A page of a room's history, oldest first; without a place the newest. What was deleted is there without content.
    pub async fn history(
        &self,
        actor: &Actor,
        room: RoomId,
        window: Window,
    ) -> Result<History, MessagesError> {
        let desk = &self.desk;
        desk.kernel.limits.check(Rate::Read, actor.user_id)?;
        may_read(&desk.rooms.access(room, actor).await?)?;
        let place = desk.place(room, &window)?;
        // Before the messages: what is said between the two reads is in the page and comes again as an event, which
        // does no harm, while the other way round it would be in neither.
        let last_seq = read::head(&desk.kernel.db, Stream::Room(room)).await?;
        let (rows, next) = match place {
            Place::Beside(span) => desk.page_beside(room, span, window.limit).await?,
            Place::Around(seq) => desk.page_around(room, seq, window.limit).await?,
        };
        let secrets = &desk.kernel.secrets;
        Ok(History {
            items: desk.views(desk.kernel.db.read(), &rows).await?,
            next: next.map(|span| seal(secrets, &list_of(room), &write(span))),
            last_seq,
        })
    }

    /// One message.
    pub async fn message(&self, actor: &Actor, id: MessageId) -> Result<Message, MessagesError> {
        let row = self.desk.readable(actor, id).await?;
        Ok(self.desk.view(self.desk.kernel.db.read(), row).await?)
    }
}

impl Desk {
    /// A message that somebody may read.
    pub(super) async fn readable(
        &self,
        actor: &Actor,
        id: MessageId,
    ) -> Result<Row, MessagesError> {
        let row = store::by_id(self.kernel.db.read(), id).await?;
        let row = row.ok_or(MessagesError::NOT_FOUND)?;
        may_read(&self.rooms.access(row.room_id, actor).await?)?;
        Ok(row)
    }

    fn place(&self, room: RoomId, window: &Window) -> Result<Place, MessagesError> {
        let before = window.before.map(|seq| Place::Beside(Span::Before(seq)));
        let after = window.after.map(|seq| Place::Beside(Span::After(seq)));
        let around = window.around.map(Place::Around);
        let cursor = window.cursor.as_ref().map(|cursor| {
            let place = open(&self.kernel.secrets, &list_of(room), cursor)?;
            let refused = || Problem::from(Code::InvalidCursor);
            Ok::<_, Problem>(Place::Beside(parse(&place).ok_or_else(refused)?))
        });
        let named = [before, after, around, cursor.transpose()?];
        let mut named = named.into_iter().flatten();
        let place = named.next();
        if named.next().is_some() {
            return Err(MessagesError::Param(
                "name one of before, after, around and cursor",
            ));
        }
        let place = place.unwrap_or(Place::Beside(Span::Before(Seq::MAX)));
        let (Place::Around(seq) | Place::Beside(Span::Before(seq) | Span::After(seq))) = place;
        if seq < 0 {
            return Err(MessagesError::Param("a seq is 0 or more"));
        }
        Ok(place)
    }

    async fn page_beside(
        &self,
        room: RoomId,
        span: Span,
        limit: Limit,
    ) -> Result<(Vec<Row>, Option<Span>), MessagesError> {
        let mut rows = store::span(self.kernel.db.read(), room, span, limit.probe()).await?;
        let more = rows.len() > limit.items();
        rows.truncate(limit.items());
        let last = rows.last().filter(|_| more).map(|row| row.seq);
        let next = last.map(|seq| match span {
            Span::Before(_) => Span::Before(seq),
            Span::After(_) => Span::After(seq),
        });
        if matches!(span, Span::Before(_)) {
            rows.reverse();
        }
        Ok((rows, next))
    }

    /// Half a page up to a place, and what is left of the page after it; `next` reads on after it.
    async fn page_around(
        &self,
        room: RoomId,
        seq: Seq,
        limit: Limit,
    ) -> Result<(Vec<Row>, Option<Span>), MessagesError> {
        let db = self.kernel.db.read();
        let half = limit.probe() / 2;
        let up_to = Span::Before(seq.saturating_add(1));
        let mut rows = store::span(db, room, up_to, half).await?;
        rows.reverse();
        let wanted = limit.items() - rows.len();
        let rest = limit.probe() - i64::try_from(rows.len()).unwrap_or(0);
        let mut later = store::span(db, room, Span::After(seq), rest).await?;
        let more = later.len() > wanted;
        later.truncate(wanted);
        rows.extend(later);
        let last = rows.last().map_or(seq, |row| row.seq.max(seq));
        Ok((rows, more.then_some(Span::After(last))))
    }
}

fn list_of(room: RoomId) -> String {
    format!("messages of {room}")
}

fn write(span: Span) -> String {
    match span {
        Span::Before(seq) => format!("-{seq}"),
        Span::After(seq) => format!("+{seq}"),
    }
}

fn parse(place: &str) -> Option<Span> {
    if let Some(seq) = place.strip_prefix('-') {
        return seq.parse().ok().map(Span::Before);
    }
    place.strip_prefix('+')?.parse().ok().map(Span::After)
}
