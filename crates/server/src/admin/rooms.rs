//! Rooms and communities from outside: how big and how busy they are. One list is sorted by what rooms, their logs and
//! the figures know together, so it reads their tables side by side, and writes none of them. What is said in rooms, and
//! their keys, it does not read; chats of two people it does not even count.

use super::Admin;
use crate::accounts::rules::may_administer;
use crate::kernel::actor::Actor;
use crate::kernel::db::sql::containing;
use crate::kernel::db::{Narrowed, args};
use crate::kernel::log::Stream;
use crate::kernel::page::{Limit, open};
use parlor_protocol::accounts::UserBrief;
use parlor_protocol::admin::{RoomOrder, RoomOverview};
use parlor_protocol::rooms::RoomKind;
use parlor_protocol::{Code, Page, Problem, RoomId, Timestamp, UserId};
use serde::Deserialize;
use std::collections::HashMap;

/// Which rooms, or which communities.
#[derive(Clone, Debug)]
pub struct RoomQuery {
    /// Rooms or communities.
    pub kind: RoomKind,
    /// Part of the name.
    pub q: Option<String>,
    /// Private ones, or public ones.
    pub is_private: Option<bool>,
    /// Those of a person.
    pub owner: Option<UserId>,
    /// Those of a community.
    pub community: Option<RoomId>,
    /// By what they are sorted.
    pub sort: RoomOrder,
}

#[derive(Debug, Deserialize)]
struct Row {
    id: RoomId,
    name: String,
    is_private: bool,
    is_default: bool,
    home_id: Option<RoomId>,
    owner_id: Option<UserId>,
    created_at: i64,
    member_count: i64,
    max_members: Option<i64>,
    rooms_inside: i64,
    last_seq: i64,
    messages: i64,
    last_at: i64,
}

/// What a list is sorted by: the expression, and what a row has there.
struct Order {
    by: &'static str,
    of: fn(&Row) -> i64,
}

impl Admin {
    /// `GET admin/rooms`, `GET admin/communities`.
    pub async fn rooms(
        &self,
        actor: &Actor,
        query: &RoomQuery,
        limit: Limit,
        cursor: Option<&str>,
    ) -> Result<Page<RoomOverview>, Problem> {
        may_administer(actor)?;
        let search = check_search(query.q.as_deref())?;
        let (secrets, list) = (&self.kernel.secrets, format!("overview {query:?}"));
        let after = cursor.map(|cursor| open(secrets, &list, cursor));
        let after = after.transpose()?.as_deref().map(read_place).transpose()?;
        let order = order_of(query.sort);
        let rows: Vec<Row> = statement(query, search.as_deref(), &order, after)
            .rows(self.kernel.db.read(), &sorting(&order), limit.probe())
            .await?;
        let place = |row: &Row| format!("{}.{}", (order.of)(row), row.id);
        let page = limit.page(secrets, &list, rows, place);
        let owners: Vec<UserId> = page.items.iter().filter_map(|row| row.owner_id).collect();
        let owners = self.accounts.briefs(&owners).await?;
        Ok(Page {
            items: page.items.iter().map(|row| view(row, &owners)).collect(),
            next: page.next,
        })
    }
}

fn order_of(sort: RoomOrder) -> Order {
    match sort {
        RoomOrder::Id => Order {
            by: "-r.id",
            of: |row| -row.id,
        },
        RoomOrder::Members => Order {
            by: "r.member_count",
            of: |row| row.member_count,
        },
        RoomOrder::Messages => Order {
            by: "COALESCE(f.messages, 0)",
            of: |row| row.messages,
        },
        RoomOrder::Activity => Order {
            by: "COALESCE(f.last_at, 0)",
            of: |row| row.last_at,
        },
    }
}

fn sorting(order: &Order) -> String {
    format!("{} DESC, r.id DESC", order.by)
}

fn statement(
    query: &RoomQuery,
    search: Option<&str>,
    order: &Order,
    after: Option<(i64, RoomId)>,
) -> Narrowed {
    let kind = match query.kind {
        RoomKind::Community => 2_i16,
        RoomKind::Room | RoomKind::Direct => 0,
    };
    let select = "SELECT r.id, r.name, r.is_private, r.is_default, r.home_id, r.owner_id, r.created_at, \
                  r.member_count, r.max_members, COALESCE(h.seq, 0) AS last_seq, \
                  COALESCE(f.messages, 0) AS messages, COALESCE(f.last_at, 0) AS last_at, \
                  (SELECT COUNT(*) FROM rooms i WHERE i.home_id = r.id) AS rooms_inside FROM rooms r \
                  LEFT JOIN log_heads h ON h.kind = ? AND h.id = r.id \
                  LEFT JOIN figures_rooms f ON f.room_id = r.id WHERE r.kind = ?";
    let mut narrowed = Narrowed::new(select, args![Stream::Room(0).key().0, kind]);
    narrowed.by("r.name_fold LIKE ? ESCAPE '!'", search.map(containing));
    narrowed.by("r.is_private = ?", query.is_private);
    narrowed.by("r.owner_id = ?", query.owner);
    narrowed.by("r.home_id = ?", query.community);
    if let Some((place, id)) = after {
        let by = order.by;
        let beyond = format!("({by} < ? OR ({by} = ? AND r.id < ?))");
        narrowed.all(&beyond, args![place, place, id]);
    }
    narrowed
}

fn check_search(q: Option<&str>) -> Result<Option<String>, Problem> {
    let text = q.map(str::trim).unwrap_or_default();
    if text.chars().any(char::is_control) || text.chars().count() > 100 {
        let refused = Problem::new(Code::InvalidParam);
        return Err(refused.field("q", "a line of up to 100 characters"));
    }
    Ok((!text.is_empty()).then(|| crate::rooms::fold_name(text)))
}

fn read_place(place: &str) -> Result<(i64, RoomId), Problem> {
    let parts = place.split_once('.');
    let place = parts.and_then(|(by, id)| Some((by.parse().ok()?, id.parse().ok()?)));
    place.ok_or_else(|| Code::InvalidCursor.into())
}

fn view(row: &Row, owners: &HashMap<UserId, UserBrief>) -> RoomOverview {
    RoomOverview {
        id: row.id,
        name: row.name.clone(),
        is_private: row.is_private,
        is_default: row.is_default,
        community_id: row.home_id,
        owner: row.owner_id.and_then(|id| owners.get(&id).cloned()),
        created_at: Timestamp(row.created_at),
        member_count: row.member_count,
        max_members: row.max_members,
        room_count: row.rooms_inside,
        message_count: row.messages,
        last_seq: row.last_seq,
        last_message_at: (row.last_at > 0).then_some(Timestamp(row.last_at)),
    }
}
