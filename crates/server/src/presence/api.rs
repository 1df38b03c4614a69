//! Routes and socket events.

use super::Presence;
use crate::kernel::actor::SignedIn;
use crate::kernel::body::Id;
use crate::kernel::page::{self, Listing, Paging};
use crate::kernel::problem::{Answer, Refusals};
use crate::kernel::socket::{Caller, EventTable};
use axum::Json as Reply;
use axum::extract::State;
use parlor_protocol::events::OnlineUsersUpdate;
use parlor_protocol::presence::{GetOnlineUsers, InRoom, OnlineUser};
use parlor_protocol::{Page, Problem};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// How many people one event names.
const MOST: usize = 1_000;

pub(super) fn routes(presence: Arc<Presence>) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(online))
        .with_state(presence)
}

/// Nothing to say but that it was done.
#[derive(Serialize)]
struct Done {}

pub(super) fn events(presence: &Arc<Presence>, table: &mut EventTable) {
    let this = presence.clone();
    table.on(
        "get_online_users",
        move |caller: Caller, asked: GetOnlineUsers| {
            let this = this.clone();
            async move {
                let room_id = asked.room_id;
                let users = this.online(&caller.actor, room_id, 0, MOST).await?;
                Ok::<_, Problem>(OnlineUsersUpdate { room_id, users })
            }
        },
    );
    let this = presence.clone();
    table.on("typing_start", move |caller: Caller, asked: InRoom| {
        let this = this.clone();
        async move {
            this.start_typing(&caller, asked.room_id).await?;
            Ok::<_, Problem>(Done {})
        }
    });
    let this = presence.clone();
    table.on("typing_stop", move |caller: Caller, asked: InRoom| {
        let this = this.clone();
        async move {
            this.stop_typing(&caller, asked.room_id).await?;
            Ok::<_, Problem>(Done {})
        }
    });
}

/// Whom a list holds, and how it is paged.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct OnlineQuery {
    /// Only the members of this room, which one has to be in.
    #[param(value_type = Option<i64>, minimum = 1)]
    room_id: Option<Id>,
}

/// Who is connected.
#[utoipa::path(
    get,
    path = "/users/online",
    tag = "users",
    params(OnlineQuery, Paging),
    responses((status = 200, body = Page<OnlineUser>), Refusals)
)]
async fn online(
    State(presence): State<Arc<Presence>>,
    SignedIn(actor): SignedIn,
    Listing(query, paging): Listing<OnlineQuery>,
) -> Answer<Reply<Page<OnlineUser>>> {
    let secrets = &presence.kernel.secrets;
    let room = query.room_id.map(|Id(room)| room);
    let list = format!("online in {}", room.unwrap_or_default());
    let after = match &paging.cursor {
        Some(cursor) => page::open_number(secrets, &list, cursor)?,
        None => 0,
    };
    let probe = paging.limit.items() + 1;
    let users = presence.online(&actor, room, after, probe).await?;
    let position = |user: &OnlineUser| user.user.id.to_string();
    Ok(Reply(paging.limit.page(secrets, &list, users, position)))
}
