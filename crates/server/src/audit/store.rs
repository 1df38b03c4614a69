//! The table `audit_entries`. Rows are added and read, and nothing else.

use super::model::AuditRow;
use super::page::Wanted;
use crate::kernel::db::{Narrowed, Sql, StorageError, args};
use parlor_protocol::Seq;
use parlor_protocol::audit::{AuditAction, AuditSource, AuditSubject};

pub(super) async fn insert(sql: &impl Sql, row: AuditRow) -> Result<(), StorageError> {
    let statement = "INSERT INTO audit_entries (seq, at, source, actor_id, action, subject, subject_id, room_id, \
                     facts, address, request_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    let values = args![
        row.seq,
        row.at,
        row.source,
        row.actor_id,
        row.action,
        row.subject,
        row.subject_id,
        row.room_id,
        row.facts,
        row.address,
        row.request_id,
    ];
    sql.run(statement, values).await?;
    Ok(())
}

/// Entries before a place, the newest first.
pub(super) async fn list(
    sql: &impl Sql,
    wanted: &Wanted,
    before: Seq,
    limit: i64,
) -> Result<Vec<AuditRow>, StorageError> {
    let query = "SELECT seq, at, source, actor_id, action, subject, subject_id, room_id, facts, address, request_id \
                 FROM audit_entries WHERE seq < ?";
    let mut query = Narrowed::new(query, args![before]);
    query.by("actor_id = ?", wanted.actor_id);
    query.by("source = ?", wanted.source.map(AuditSource::as_str));
    query.by("action = ?", wanted.action.map(AuditAction::as_str));
    query.by("subject = ?", wanted.subject.map(AuditSubject::as_str));
    query.by("subject_id = ?", wanted.subject_id);
    query.by("room_id = ?", wanted.room_id);
    query.by("at >= ?", wanted.since.map(|at| at.0));
    query.by("at < ?", wanted.until.map(|at| at.0));
    query.rows(sql, "seq DESC", limit).await
}
