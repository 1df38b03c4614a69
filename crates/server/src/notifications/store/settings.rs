//! What people want to be told of.

use super::among;
use crate::kernel::db::sql::{OnConflict, upsert};
use crate::kernel::db::{Sql, StorageError, args};
use crate::notifications::model::{kind_from, kind_to, level_from, level_to};
use parlor_protocol::notifications::{NotificationType, RoomLevel, RoomPreference};
use parlor_protocol::{RoomId, UserId};
use serde::Deserialize;
use std::collections::{HashMap, HashSet};

#[derive(Deserialize)]
struct Type {
    user_id: UserId,
    kind: i16,
}

/// Who of some people does not want to be told of what.
pub(in crate::notifications) async fn unwanted(
    sql: &impl Sql,
    users: &[UserId],
) -> Result<HashSet<(UserId, NotificationType)>, StorageError> {
    let query = "SELECT user_id, kind FROM notification_types WHERE in_app = ? AND user_id IN";
    let types: Vec<Type> = among(sql, query, &args![false], users).await?;
    let pair = |one: Type| (one.user_id, kind_from(one.kind));
    Ok(types.into_iter().map(pair).collect())
}

pub(in crate::notifications) async fn set_type(
    sql: &impl Sql,
    user: UserId,
    kind: NotificationType,
    in_app: bool,
) -> Result<(), StorageError> {
    let columns = ["user_id", "kind", "in_app"];
    let statement = upsert(
        sql.backend(),
        "notification_types",
        &columns,
        1,
        &columns[..2],
        OnConflict::Replace(&columns[2..]),
    );
    sql.run(&statement, args![user, kind_to(kind), in_app])
        .await?;
    Ok(())
}

#[derive(Deserialize)]
struct Level {
    id: i64,
    level: i16,
}

/// What some people want to be told of a room, where it is not what is usual.
pub(in crate::notifications) async fn levels(
    sql: &impl Sql,
    room: RoomId,
    users: &[UserId],
) -> Result<HashMap<UserId, RoomLevel>, StorageError> {
    let query =
        "SELECT user_id AS id, level FROM notification_rooms WHERE room_id = ? AND user_id IN";
    let levels: Vec<Level> = among(sql, query, &args![room], users).await?;
    let pair = |one: Level| (one.id, level_from(one.level));
    Ok(levels.into_iter().map(pair).collect())
}

/// What somebody wants to be told of rooms, where it is not what is usual.
pub(in crate::notifications) async fn levels_of(
    sql: &impl Sql,
    user: UserId,
) -> Result<Vec<RoomPreference>, StorageError> {
    let query =
        "SELECT room_id AS id, level FROM notification_rooms WHERE user_id = ? ORDER BY room_id";
    let levels: Vec<Level> = sql.rows(query, args![user]).await?;
    let preference = |one: Level| RoomPreference {
        room_id: one.id,
        level: level_from(one.level),
    };
    Ok(levels.into_iter().map(preference).collect())
}

pub(in crate::notifications) async fn set_level(
    sql: &impl Sql,
    user: UserId,
    room: RoomId,
    level: Option<RoomLevel>,
) -> Result<(), StorageError> {
    let Some(level) = level else {
        let statement = "DELETE FROM notification_rooms WHERE user_id = ? AND room_id = ?";
        sql.run(statement, args![user, room]).await?;
        return Ok(());
    };
    let columns = ["user_id", "room_id", "level"];
    let statement = upsert(
        sql.backend(),
        "notification_rooms",
        &columns,
        1,
        &columns[..2],
        OnConflict::Replace(&columns[2..]),
    );
    sql.run(&statement, args![user, room, level_to(level)])
        .await?;
    Ok(())
}

/// Who wants to be told everything that is said in a room, after one of them, in the order of their ids.
pub(in crate::notifications) async fn followers(
    sql: &impl Sql,
    room: RoomId,
    after: UserId,
    limit: i64,
) -> Result<Vec<UserId>, StorageError> {
    let query = "SELECT user_id FROM notification_rooms WHERE room_id = ? AND level = ? AND user_id > ? \
         ORDER BY user_id LIMIT ?";
    sql.column(query, args![room, level_to(RoomLevel::All), after, limit])
        .await
}

/// The rooms that somebody follows so.
pub(in crate::notifications) async fn followed_rooms(
    sql: &impl Sql,
) -> Result<Vec<RoomId>, StorageError> {
    let query = "SELECT DISTINCT room_id FROM notification_rooms WHERE level = ?";
    sql.column(query, args![level_to(RoomLevel::All)]).await
}
