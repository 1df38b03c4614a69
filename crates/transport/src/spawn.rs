//! The one place where tasks start.

use std::future::Future;
use std::sync::OnceLock;

use tokio::runtime::Handle;
use tokio::task::JoinHandle;

/// Starts tasks on the runtime that the transport was built in, also for threads outside it.
#[derive(Debug, Default)]
pub(crate) struct Spawner(OnceLock<Handle>);

impl Spawner {
    /// Starts a task, which ends by itself when its connection or its transport does. The first
    /// starts within the runtime that the others will run on, too.
    pub(crate) fn spawn<T: Send + 'static>(
        &self,
        task: impl Future<Output = T> + Send + 'static,
    ) -> JoinHandle<T> {
        self.0.get_or_init(Handle::current).spawn(task)
    }
}
