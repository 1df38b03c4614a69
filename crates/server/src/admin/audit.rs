//! The audit log as administrators read it: with the names that people have now.

use super::Admin;
use crate::accounts::rules::may_administer;
use crate::audit::AuditRow;
use crate::audit::page::{self, Wanted};
use crate::kernel::actor::Actor;
use crate::kernel::page::Limit;
use parlor_protocol::accounts::UserBrief;
use parlor_protocol::audit::{AuditAction, AuditEntry, AuditSource, AuditSubject};
use parlor_protocol::{Page, Problem, Timestamp, UserId};
use std::collections::HashMap;

impl Admin {
    /// `GET admin/audit`: what was done with rights over others, the newest first.
    pub async fn audit(
        &self,
        actor: &Actor,
        wanted: &Wanted,
        limit: Limit,
        cursor: Option<&str>,
    ) -> Result<Page<AuditEntry>, Problem> {
        may_administer(actor)?;
        let page = page::load(&self.kernel, wanted, limit, cursor).await?;
        let people = page
            .items
            .iter()
            .flat_map(|row| [row.actor_id, user_of(row)]);
        let people: Vec<UserId> = people.flatten().collect();
        let people = self.accounts.briefs(&people).await?;
        Ok(Page {
            items: page.items.iter().map(|row| view(row, &people)).collect(),
            next: page.next,
        })
    }
}

/// The account that an entry is about, if it is about one.
fn user_of(row: &AuditRow) -> Option<UserId> {
    row.subject_id
        .filter(|_| row.subject == AuditSubject::User.as_str())
}

fn view(row: &AuditRow, people: &HashMap<UserId, UserBrief>) -> AuditEntry {
    let person = |id: UserId| people.get(&id).cloned();
    AuditEntry {
        seq: row.seq,
        at: Timestamp(row.at),
        actor: row.actor_id.and_then(person),
        source: row.source.parse().unwrap_or(AuditSource::Server),
        action: row.action.parse().unwrap_or(AuditAction::Other),
        subject: row.subject.parse().unwrap_or(AuditSubject::Server),
        subject_id: row.subject_id,
        user: user_of(row).and_then(person),
        room_id: row.room_id,
        facts: serde_json::from_str(&row.facts).unwrap_or_default(),
        address: row.address.clone(),
        request_id: row.request_id.clone(),
    }
}
