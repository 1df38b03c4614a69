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
    if problem.code != Code::UnknownField {
        return;
    }
    let fields = problem.errors.iter().map(|error| error.field.as_str());
    for field in fields.filter(|field| NAMING.contains(field)) {
        note(actor, field);
    }
}
