//! Communities: groups of people with rooms of their own.
//!
//! A community is a room in which everybody is who is in it, and in which its admins announce things. Its members, their
//! standing, bans, invitations, its log and its events are that room's, so none of it is here a second time; rooms that
//! belong to it know it as their home. What is here is the community's own way in.
//!
//! - [`community`]: founding, finding, joining, leaving, changing; [`api`]: routes

mod api;
mod community;

use crate::kernel::Kernel;
use crate::rooms::Rooms;
use std::sync::Arc;
use utoipa_axum::router::OpenApiRouter;

/// The capability.
pub struct Communities {
    kernel: Kernel,
    rooms: Arc<Rooms>,
}

impl Communities {
    /// The capability over rooms.
    #[must_use]
    pub fn new(kernel: Kernel, rooms: Arc<Rooms>) -> Arc<Self> {
        Arc::new(Self { kernel, rooms })
    }

    /// The routes under `/api`.
    #[must_use]
    pub fn routes(self: &Arc<Self>) -> OpenApiRouter {
        api::routes(self.clone())
    }
}
