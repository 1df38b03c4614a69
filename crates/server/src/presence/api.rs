//! The ways to ask who is here.

use super::Presence;
use crate::kernel::socket::{Caller, EventTable};
use parlor_protocol::Problem;
use parlor_protocol::events::OnlineUsersUpdate;
use parlor_protocol::presence::GetOnlineUsers;
use std::sync::Arc;
use utoipa_axum::router::OpenApiRouter;

/// How many people one event names.
const MOST: usize = 1_000;

pub(super) fn routes(_presence: &Arc<Presence>) -> OpenApiRouter {
    OpenApiRouter::new()
}

pub(super) fn events(presence: &Arc<Presence>, table: &mut EventTable) {
    let this = presence.clone();
    table.on(
        "get_online_users",
        move |_: Caller, asked: GetOnlineUsers| {
            let this = this.clone();
            async move {
                let users = this.online(0, MOST).await?;
                Ok::<_, Problem>(OnlineUsersUpdate {
                    room_id: asked.room_id,
                    users,
                })
            }
        },
    );
}
