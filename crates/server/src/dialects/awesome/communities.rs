//! The paths under `/communities`, and whose they are.

use super::{Answer, Awesome, Form, Here, Ids, Me, Refused, decode, done, encode};
use crate::dialects::lists::{gather, largest};
use axum::routing::{get, post};
use axum::{Json, Router};
use http::StatusCode;
use serde_json::Value;
use std::sync::Arc;

pub(super) fn routes() -> Router<Arc<Awesome>> {
    Router::new()
        .route("/communities", post(found))
        .route("/communities/{community_id}", get(view))
        .route("/communities/{community_id}/join", post(join))
        .route("/communities/{community_id}/leave", post(leave))
        .route(
            "/communities/{community_id}/members/{user_id}/role",
            post(appoint),
        )
        .route("/users/{user_id}/communities", get(of_user))
}

async fn found(here: Here, me: Me, body: Form) -> Result<(StatusCode, Json<Value>), Refused> {
    let draft = body.read(decode::found)?;
    let community = here.actions.communities.found(&me, draft).await?;
    Ok((StatusCode::CREATED, Json(encode::community(&community))))
}

async fn view(here: Here, me: Me, ids: Ids<1>) -> Answer {
    let (communities, me, id) = (&here.actions.communities, &*me, ids.one());
    let community = communities.view(me, id).await?;
    let members = gather(|cursor: Option<String>| async move {
        let page = communities.members(me, id, largest(), cursor.as_deref());
        page.await
    });
    let members = members.await?;
    let members = members.iter().map(encode::community_member).collect();
    let view = encode::community(&community);
    Ok(Json(encode::with_members(view, members)))
}

async fn join(here: Here, me: Me, ids: Ids<1>, body: Form) -> Answer {
    let with = body.read_if_any(decode::join_community)?;
    let communities = &here.actions.communities;
    let community = communities.join(&me, ids.one(), with).await?;
    Ok(Json(encode::community(&community)))
}

async fn leave(here: Here, me: Me, ids: Ids<1>) -> Answer {
    here.actions.communities.leave(&me, ids.one()).await?;
    Ok(done("Left the community"))
}

async fn appoint(here: Here, me: Me, ids: Ids<2>, body: Form) -> Answer {
    let ((community, user), role) = (ids.two(), body.read(decode::role)?);
    let communities = &here.actions.communities;
    let member = communities.appoint(&me, community, user, role).await?;
    Ok(Json(encode::community_member(&member)))
}

/// For oneself, and for administrators of the server.
async fn of_user(here: Here, me: Me, ids: Ids<1>) -> Answer {
    let (all, me, user) = (&here.actions.communities, &*me, ids.one());
    let communities = gather(|cursor| all.of_user(me, user, largest(), cursor)).await?;
    Ok(Json(communities.iter().map(encode::community).collect()))
}
