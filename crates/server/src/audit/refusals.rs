//! What was refused because it named somebody else as its author. Who acts, the token says; whoever says otherwise has
//! made a mistake or means harm, and an administrator should be able to tell.

use super::{Act, record};
use crate::kernel::Kernel;
use crate::kernel::actor::Actor;
use crate::kernel::db::StorageError;
use crate::kernel::imposture;
use crate::kernel::limits::Limit;
use parlor_protocol::Problem;
use parlor_protocol::audit::AuditAction;

/// Writes a refusal down, if that is what it is about.
pub async fn note(kernel: &Kernel, actor: &Actor, problem: &Problem) {
    if let Some(field) = imposture::named_in(problem) {
        write_down(kernel, actor, field).await;
    }
}

/// Writes down that somebody named somebody else in a field. A few a minute of each person are enough: whoever repeats it
/// does not fill the disk.
pub async fn write_down(kernel: &Kernel, actor: &Actor, field: &'static str) {
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
