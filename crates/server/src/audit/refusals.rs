//! What was refused because it named somebody else as its author. Who acts, the token says; whoever says otherwise has
//! made a mistake or means harm, and an administrator should be able to tell: by a line in the log each time, and a few
//! a minute in the audit log.

use super::{Act, record};
use crate::kernel::Kernel;
use crate::kernel::actor::Actor;
use crate::kernel::db::StorageError;
use crate::kernel::limits::Limit;
use parlor_protocol::audit::AuditAction;
use parlor_protocol::{Code, Problem};

/// Fields that name who acts, in one way of speaking or another.
const NAMING: [&str; 11] = [
    "user_id",
    "sender_id",
    "user",
    "sender",
    "from",
    "username",
    "user_name",
    "room_owner",
    "creator_id",
    "role",
    "is_admin",
];

/// Writes a refusal down, if that is what it is about. What the payload said is not written anywhere.
pub async fn note(kernel: &Kernel, actor: &Actor, problem: &Problem) {
    let Some(field) = named_in(problem) else {
        return;
    };
    tracing::warn!(
        target: "parlor::audit",
        user = actor.user_id,
        session = actor.session_id,
        field,
        "a payload named who acts"
    );
    // Whoever repeats it does not fill the disk.
    if (kernel.limits).check(Limit::Note, actor.user_id).is_err() {
        return;
    }
    let act = Act::on_user(AuditAction::ImpostureRefused, actor.user_id).fact("field", field);
    let by = actor.clone();
    let noted = kernel.log.commit(move |tx| {
        Box::pin(async move {
            record(tx, &by, act).await?;
            Ok::<_, StorageError>(())
        })
    });
    if let Err(error) = noted.await {
        tracing::warn!(%error, "a refusal could not be written down");
    }
}

/// The field of a refused payload that named who acts, if it was refused for that.
fn named_in(problem: &Problem) -> Option<&'static str> {
    if !matches!(problem.code, Code::UnknownField | Code::Forbidden) {
        return None;
    }
    let mut fields = problem.errors.iter().map(|error| error.field.as_str());
    fields.find_map(|field| NAMING.into_iter().find(|naming| *naming == field))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_claim_to_be_somebody_is_one() {
        let refused = |code, field| named_in(&Problem::new(code).field(field, "why"));
        assert_eq!(refused(Code::UnknownField, "user_id"), Some("user_id"));
        assert_eq!(refused(Code::Forbidden, "username"), Some("username"));
        assert_eq!(refused(Code::InvalidField, "username"), None, "a bad name");
        assert_eq!(refused(Code::UnknownField, "colour"), None);
        assert_eq!(named_in(&Problem::new(Code::Forbidden)), None);
    }
}
