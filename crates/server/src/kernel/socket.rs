//! The table of socket events: which action each name stands for. Capabilities fill it, one place runs it.

use super::actor::Actor;
use super::body::from_json;
use futures_util::future::BoxFuture;
use parlor_protocol::{Code, Problem};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use std::collections::HashMap;
use std::sync::Arc;

/// Who calls, and over which connection.
#[derive(Clone, Debug)]
pub struct Caller {
    /// The authenticated person.
    pub actor: Arc<Actor>,
    /// The connection, unique in this process.
    pub connection: u64,
}

type Run =
    Box<dyn Fn(Caller, &str) -> BoxFuture<'static, Result<Box<RawValue>, Problem>> + Send + Sync>;

/// Events by name.
#[derive(Default)]
pub struct EventTable(HashMap<&'static str, Run>);

impl EventTable {
    /// Answers the event `name`, whose payload is a `P`, with what `action` answers. `action` is called in the order
    /// in which a connection's events arrive; what it answers may come later and in any order.
    pub fn on<P, T, E, F>(
        &mut self,
        name: &'static str,
        action: impl Fn(Caller, P) -> F + Send + Sync + 'static,
    ) where
        P: DeserializeOwned + 'static,
        T: Serialize,
        E: Into<Problem>,
        F: Future<Output = Result<T, E>> + Send + 'static,
    {
        let run: Run = Box::new(
            move |caller, payload| match from_json::<P>(payload.as_bytes()) {
                Err(problem) => Box::pin(std::future::ready(Err(problem))),
                Ok(payload) => {
                    let answer = action(caller, payload);
                    Box::pin(async move {
                        let answer = answer.await.map_err(Into::into)?;
                        serde_json::value::to_raw_value(&answer).map_err(|_| Code::Internal.into())
                    })
                }
            },
        );
        self.0.insert(name, run);
    }

    /// Runs an event. `None`: there is no such event.
    #[must_use]
    pub fn run(
        &self,
        name: &str,
        caller: Caller,
        payload: &str,
    ) -> Option<BoxFuture<'static, Result<Box<RawValue>, Problem>>> {
        Some(self.0.get(name)?(caller, payload))
    }

    /// The names of all events.
    pub fn names(&self) -> impl Iterator<Item = &'static str> + '_ {
        self.0.keys().copied()
    }
}
