//! What is not offered to clients of older systems yet. It is there, and says so.

use super::refused::{Refused, Tongue};
use parlor_protocol::{Code, Problem};
use std::future::{Ready, ready};

/// A handler that says so.
pub(super) fn later<T: Tongue>(
    what: &'static str,
) -> impl Fn() -> Ready<Refused<T>> + Clone + Send + Sync + 'static {
    move || {
        let problem = Problem::new(Code::NotImplemented);
        let problem = problem.detail(format!("Not offered here yet: {what}."));
        ready(problem.into())
    }
}
