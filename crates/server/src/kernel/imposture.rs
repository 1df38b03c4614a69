//! Who acts comes from the token. A payload that says otherwise is refused where it is read, and leaves a line in the log,
//! for it may be somebody's attempt to speak for somebody else.

use super::actor::Actor;
use parlor_protocol::{Code, Problem};

/// The target of lines that an auditor looks for.
pub const TARGET: &str = "parlor::audit";

/// Fields that name who acts, in one way of speaking or another.
const NAMING: [&str; 9] = [
    "user_id",
    "sender_id",
    "user",
    "sender",
    "from",
    "username",
    "user_name",
    "role",
    "is_admin",
];

/// A payload of somebody named somebody else in `field`. What it said is not written down.
pub fn note(actor: &Actor, field: &str) {
    tracing::warn!(
        target: TARGET,
        user = actor.user_id,
        session = actor.session_id,
        field,
        "a payload named who acts"
    );
}

/// The same where a payload was refused for a field that is not known, if that is what the field is for.
pub fn note_refusal(actor: &Actor, problem: &Problem) {
    if let Some(field) = named_in(problem).filter(|_| problem.code == Code::UnknownField) {
        note(actor, field);
    }
}

/// The field of a refused payload that named who acts, if it was refused for that.
#[must_use]
pub fn named_in(problem: &Problem) -> Option<&'static str> {
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
