//! Routes.

use super::Admin;
use super::rooms::RoomQuery;
use crate::audit::page::Wanted;
use crate::kernel::actor::SignedIn;
use crate::kernel::body::{Id, Query};
use crate::kernel::page::{Listing, Paging};
use crate::kernel::problem::{Answer, Refusals};
use axum::Json;
use axum::extract::State;
use parlor_protocol::admin::{FigureRange, Figures, RoomOrder, RoomOverview};
use parlor_protocol::audit::{AuditAction, AuditEntry, AuditSource, AuditSubject};
use parlor_protocol::rooms::RoomKind;
use parlor_protocol::{Page, Timestamp};
use serde::Deserialize;
use std::sync::Arc;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

type Here = State<Arc<Admin>>;

pub(super) fn routes(admin: Arc<Admin>) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(audit))
        .routes(routes!(rooms))
        .routes(routes!(communities))
        .routes(routes!(figures))
        .with_state(admin)
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Audit {
    /// Done by this account alone.
    #[param(value_type = Option<i64>, minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    actor_id: Option<Id>,
    /// By this way alone.
    source: Option<AuditSource>,
    /// This action alone.
    action: Option<AuditAction>,
    /// Done to such things alone.
    subject: Option<AuditSubject>,
    /// Done to the one of this id alone.
    #[param(value_type = Option<i64>, minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    subject_id: Option<Id>,
    /// Done in this room alone.
    #[param(value_type = Option<i64>, minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    room_id: Option<Id>,
    /// Not before this moment.
    since: Option<Timestamp>,
    /// Before this moment.
    until: Option<Timestamp>,
}

/// The audit log.
///
/// What was done with rights over others. It never holds what people write, tokens or keys, and nothing changes or
/// removes an entry.
#[utoipa::path(get, path = "/admin/audit", tag = "administration", params(Audit, Paging),
    responses((status = 200, description = "The newest first", body = Page<AuditEntry>), Refusals))]
async fn audit(
    State(admin): Here,
    SignedIn(actor): SignedIn,
    Listing(query, paging): Listing<Audit>,
) -> Answer<Json<Page<AuditEntry>>> {
    let wanted = Wanted {
        actor_id: query.actor_id.map(|Id(id)| id),
        source: query.source,
        action: query.action,
        subject: query.subject,
        subject_id: query.subject_id.map(|Id(id)| id),
        room_id: query.room_id.map(|Id(id)| id),
        since: query.since,
        until: query.until,
    };
    let page = admin.audit(&actor, &wanted, paging.limit, paging.cursor.as_deref());
    Ok(Json(page.await?))
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Rooms {
    /// Part of the name, without regard to case.
    #[param(max_length = 100)]
    q: Option<String>,
    /// Private ones alone, or public ones.
    is_private: Option<bool>,
    /// Those of this person alone.
    #[param(value_type = Option<i64>, minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    owner_id: Option<Id>,
    /// The rooms of this community alone.
    #[param(value_type = Option<i64>, minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    community_id: Option<Id>,
    /// By what they are sorted.
    #[serde(default)]
    #[param(inline)]
    sort: RoomOrder,
}

impl Rooms {
    fn of(self, kind: RoomKind) -> RoomQuery {
        RoomQuery {
            kind,
            q: self.q,
            is_private: self.is_private,
            owner: self.owner_id.map(|Id(id)| id),
            community: self.community_id.map(|Id(id)| id),
            sort: self.sort,
        }
    }
}

/// All rooms, from outside.
///
/// How big and how busy they are, and nothing that was said in them. Chats of two people are not among them.
#[utoipa::path(get, path = "/admin/rooms", tag = "administration", params(Rooms, Paging),
    responses((status = 200, description = "In the order asked for", body = Page<RoomOverview>), Refusals))]
async fn rooms(
    State(admin): Here,
    SignedIn(actor): SignedIn,
    Listing(query, paging): Listing<Rooms>,
) -> Answer<Json<Page<RoomOverview>>> {
    let (wanted, cursor) = (query.of(RoomKind::Room), paging.cursor.as_deref());
    let page = admin.rooms(&actor, &wanted, paging.limit, cursor);
    Ok(Json(page.await?))
}

/// All communities, from outside.
#[utoipa::path(get, path = "/admin/communities", tag = "administration", params(Rooms, Paging),
    responses((status = 200, description = "In the order asked for", body = Page<RoomOverview>), Refusals))]
async fn communities(
    State(admin): Here,
    SignedIn(actor): SignedIn,
    Listing(query, paging): Listing<Rooms>,
) -> Answer<Json<Page<RoomOverview>>> {
    let (wanted, cursor) = (query.of(RoomKind::Community), paging.cursor.as_deref());
    let page = admin.rooms(&actor, &wanted, paging.limit, cursor);
    Ok(Json(page.await?))
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Range {
    /// How far back.
    #[serde(default)]
    #[param(inline)]
    range: FigureRange,
}

/// Figures of use.
///
/// How much is said, by how many, how soon it arrives, and what it takes to keep.
#[utoipa::path(get, path = "/admin/figures", tag = "administration", params(Range),
    responses((status = 200, description = "The figures", body = Figures), Refusals))]
async fn figures(
    State(admin): Here,
    SignedIn(actor): SignedIn,
    Query(query): Query<Range>,
) -> Answer<Json<Figures>> {
    Ok(Json(admin.figures(&actor, query.range).await?))
}
