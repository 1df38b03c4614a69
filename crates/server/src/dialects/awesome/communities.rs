//! The paths under `/communities`, and whose they are.

use super::{Answer, Awesome, Form, Here, Ids, Made, Me, decode, encode};
use crate::dialects::entry::Entry as _;
use crate::dialects::lists::{gather, largest};
use axum::Json;
use http::StatusCode;

pub(super) async fn found(here: Here, me: Me, body: Form) -> Made {
    let draft = body.fill(decode::COMMUNITY)?;
    let community = here.actions.communities.found(&me, draft).await?;
    Ok((StatusCode::CREATED, Json(encode::community(&community))))
}

pub(super) async fn view(here: Here, me: Me, ids: Ids<1>) -> Answer {
    let community = here.actions.communities.view(&me, ids.one()).await?;
    let members = here.actions.members(&me, ids.one()).await?;
    let members = members.iter().map(encode::community_member).collect();
    let view = encode::community(&community);
    Ok(Json(encode::with_members(view, members)))
}

pub(super) async fn join(here: Here, me: Me, ids: Ids<1>, body: Form) -> Answer {
    let with = body.read_if_any(decode::join_community)?;
    let communities = &here.actions.communities;
    let community = communities.join(&me, ids.one(), with).await?;
    Ok(Json(encode::community(&community)))
}

pub(super) async fn leave(here: Here, me: Me, ids: Ids<1>) -> Answer {
    here.actions.communities.leave(&me, ids.one()).await?;
    Ok(Awesome::done("Left the community"))
}

pub(super) async fn appoint(here: Here, me: Me, ids: Ids<2>, body: Form) -> Answer {
    let ((community, user), role) = (ids.two(), body.read(decode::role)?);
    let communities = &here.actions.communities;
    let member = communities.appoint(&me, community, user, role).await?;
    Ok(Json(encode::community_member(&member)))
}

/// For oneself, and for administrators of the server.
pub(super) async fn of_user(here: Here, me: Me, ids: Ids<1>) -> Answer {
    let (all, me, user) = (&here.actions.communities, &*me, ids.one());
    let communities = gather(|cursor| all.of_user(me, user, largest(), cursor)).await?;
    Ok(Json(communities.iter().map(encode::community).collect()))
}
